CREATE TABLE "sync_runs" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"sync_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"trigger" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"outcome" text,
	"rows" bigint,
	"added" bigint,
	"changed" bigint,
	"removed" bigint,
	"bytes" bigint,
	"sample" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error_code" text,
	"error_message" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "sync_runs_status_known" CHECK ("sync_runs"."status" in ('pending', 'in-progress', 'completed', 'failed', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "syncs" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"format" text NOT NULL,
	"pointer" text DEFAULT '' NOT NULL,
	"key_columns" text[] NOT NULL,
	"dataset_id" uuid,
	"owns_dataset" boolean NOT NULL,
	"timing" jsonb NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"sealed_headers" "bytea",
	"header_names" text[] DEFAULT '{}' NOT NULL,
	"etag" text,
	"last_modified" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"consecutive_failures" integer DEFAULT 0 NOT NULL,
	"next_run_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sync_runs_sync" ON "sync_runs" USING btree ("sync_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "sync_runs_unfinished" ON "sync_runs" USING btree ("sync_id") WHERE "sync_runs"."status" in ('pending', 'in-progress');--> statement-breakpoint
CREATE INDEX "sync_runs_age" ON "sync_runs" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "syncs_owner" ON "syncs" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "syncs_due" ON "syncs" USING btree ("next_run_at") WHERE "syncs"."enabled";--> statement-breakpoint
CREATE UNIQUE INDEX "syncs_dataset" ON "syncs" USING btree ("dataset_id") WHERE "syncs"."dataset_id" is not null;--> statement-breakpoint
-- A sync goes with its owner. Its dataset stays as long as datasets do.
ALTER TABLE syncs ADD CONSTRAINT syncs_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;
