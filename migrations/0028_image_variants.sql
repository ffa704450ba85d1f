CREATE TABLE "image_variants" (
	"storage_key" text PRIMARY KEY NOT NULL,
	"file_id" uuid,
	"variant" text NOT NULL,
	"content_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"used_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "image_variants" ADD CONSTRAINT "image_variants_file_id_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."files"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "image_variants_of_file" ON "image_variants" USING btree ("file_id","variant");--> statement-breakpoint
CREATE INDEX "image_variants_used" ON "image_variants" USING btree ("used_at");