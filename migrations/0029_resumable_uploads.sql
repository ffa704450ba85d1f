CREATE TABLE "resumable_uploads" (
	"upload_id" uuid PRIMARY KEY NOT NULL,
	"received_bytes" bigint DEFAULT 0 NOT NULL,
	"metadata" text NOT NULL,
	"lock_id" uuid,
	"locked_until" timestamp with time zone,
	"lock_wanted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "resumable_uploads" ADD CONSTRAINT "resumable_uploads_upload_id_uploads_id_fk" FOREIGN KEY ("upload_id") REFERENCES "public"."uploads"("id") ON DELETE cascade ON UPDATE no action;