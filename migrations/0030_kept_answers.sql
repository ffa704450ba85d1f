ALTER TABLE "idempotency_keys" ADD COLUMN "kept_bytes" integer;--> statement-breakpoint
-- allow: index-locks-writes because answers are kept for a day only, and none of those before this are in it
CREATE INDEX "idempotency_keys_kept" ON "idempotency_keys" USING btree ("owner_id") WHERE "idempotency_keys"."kept_bytes" is not null;
