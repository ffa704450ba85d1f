CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"owner_id" uuid,
	"job_id" uuid NOT NULL,
	"request" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"file_id" uuid,
	"error_code" text,
	"error_message" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reports_status_known" CHECK ("reports"."status" in ('pending', 'in-progress', 'completed', 'failed', 'cancelled'))
);
--> statement-breakpoint
CREATE INDEX "reports_owner" ON "reports" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "reports_expiry" ON "reports" USING btree ("expires_at");--> statement-breakpoint
-- Whose reports are whose. They lose their owner first: their files must be removed before their rows.
ALTER TABLE reports ADD CONSTRAINT reports_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE reports ADD CONSTRAINT reports_file_fk FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE SET NULL;
