CREATE TABLE "dataset_chunks" (
	"dataset_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"first_row" integer NOT NULL,
	"end_row" integer NOT NULL,
	"done" boolean DEFAULT false NOT NULL,
	CONSTRAINT "dataset_chunks_dataset_id_position_first_row_pk" PRIMARY KEY("dataset_id","position","first_row")
);
--> statement-breakpoint
CREATE TABLE "dataset_tables" (
	"dataset_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"columns" jsonb NOT NULL,
	"key_column" text,
	"unique_columns" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"foreign_keys" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"row_count" bigint NOT NULL,
	"import_report" jsonb,
	CONSTRAINT "dataset_tables_dataset_id_position_pk" PRIMARY KEY("dataset_id","position")
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"owner_id" uuid,
	"job_id" uuid NOT NULL,
	"name" text NOT NULL,
	"origin" text NOT NULL,
	"schema" json,
	"engine_version" integer,
	"stored" boolean NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"has_tables" boolean DEFAULT false NOT NULL,
	"row_count" bigint NOT NULL,
	"size_bytes" bigint NOT NULL,
	"error_code" text,
	"error_message" text,
	"expires_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "datasets_status_known" CHECK ("datasets"."status" in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')),
	CONSTRAINT "datasets_schema_given" CHECK ("datasets"."origin" = 'uploaded' or "datasets"."schema" is not null)
);
--> statement-breakpoint
CREATE TABLE "exports" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"owner_id" uuid,
	"job_id" uuid NOT NULL,
	"request" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"file_id" uuid,
	"row_count" bigint,
	"error_code" text,
	"error_message" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exports_status_known" CHECK ("exports"."status" in ('pending', 'in-progress', 'completed', 'failed', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "uploaded_files" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"job_id" uuid,
	"file_id" uuid NOT NULL,
	"dataset_id" uuid,
	"original_name" text NOT NULL,
	"stored_path" text NOT NULL,
	"mime_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"uploaded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "uploaded_files_status_known" CHECK ("uploaded_files"."status" in ('pending', 'completed', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "files" DROP CONSTRAINT "files_size_positive";--> statement-breakpoint
ALTER TABLE "dataset_chunks" ADD CONSTRAINT "dataset_chunks_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_tables" ADD CONSTRAINT "dataset_tables_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dataset_chunks_open" ON "dataset_chunks" USING btree ("dataset_id","position","first_row") WHERE not "dataset_chunks"."done";--> statement-breakpoint
CREATE INDEX "datasets_owner" ON "datasets" USING btree ("owner_id","id") WHERE "datasets"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "datasets_expiry" ON "datasets" USING btree ("expires_at") WHERE "datasets"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "datasets_leftover" ON "datasets" USING btree ("updated_at") WHERE "datasets"."deleted_at" is not null or ("datasets"."has_tables" and "datasets"."status" in ('failed', 'cancelled'));--> statement-breakpoint
CREATE INDEX "exports_owner" ON "exports" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "exports_expiry" ON "exports" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "uploaded_files_file" ON "uploaded_files" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "uploaded_files_job" ON "uploaded_files" USING btree ("job_id");--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_size_not_negative" CHECK ("files"."size_bytes" >= 0);