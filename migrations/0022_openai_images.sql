CREATE TABLE "image_requests" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"owner_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"repetition" integer NOT NULL,
	"generation_ids" uuid[] NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "mask_file_id" uuid;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "output_format" text;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "output_quality" integer;--> statement-breakpoint
CREATE INDEX "image_requests_twins" ON "image_requests" USING btree ("owner_id","fingerprint","seen_at");--> statement-breakpoint
CREATE INDEX "image_requests_age" ON "image_requests" USING btree ("seen_at");--> statement-breakpoint
ALTER TABLE image_requests ADD CONSTRAINT image_requests_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;
