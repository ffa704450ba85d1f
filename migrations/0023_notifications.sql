CREATE TABLE "notification_counters" (
	"owner_id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"owner_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notifications_owner_id_seq_pk" PRIMARY KEY("owner_id","seq")
);
--> statement-breakpoint
CREATE INDEX "notifications_age" ON "notifications" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE notification_counters ADD CONSTRAINT notification_counters_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE notifications ADD CONSTRAINT notifications_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;
