CREATE UNLOGGED TABLE "read_fences" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"lsn" "pg_lsn" NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "read_fences_updated" ON "read_fences" USING btree ("updated_at");