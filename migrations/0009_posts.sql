-- The words of a post by weight: title, tags, excerpt, body. Immutable, as a generated column asks, though to find a
-- configuration by its name is not: those of PostgreSQL itself keep their names. Of a long body the first 100,000 characters
-- are searched, so that every post's words fit in a tsvector.
CREATE FUNCTION post_search_vector(language text, title text, tags text[], excerpt text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
  SELECT setweight(to_tsvector(('pg_catalog.' || language)::regconfig, title), 'A')
    || setweight(to_tsvector(('pg_catalog.' || language)::regconfig, array_to_string(tags, ' ')), 'B')
    || setweight(to_tsvector(('pg_catalog.' || language)::regconfig, excerpt), 'C')
    || to_tsvector(('pg_catalog.' || language)::regconfig, left(body, 100000))
$body$;
--> statement-breakpoint
-- Whether a post has the words. It stands beside the same question to the index, in the post's own language. The cost is what
-- makes the planner weigh it: reading a tsvector takes much longer than comparing two numbers.
CREATE FUNCTION post_matches(search tsvector, query tsquery) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $body$
BEGIN
  RETURN search @@ query;
END
$body$;
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"author_id" uuid NOT NULL,
	"title" text NOT NULL,
	"slug" text NOT NULL,
	"body" text NOT NULL,
	"excerpt" text NOT NULL,
	"excerpt_given" boolean NOT NULL,
	"tags" text[] NOT NULL,
	"language" text NOT NULL,
	"cover_file_id" uuid,
	"status" text NOT NULL,
	"published_at" timestamp (3) with time zone,
	"publish_job_id" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	"sort_at" timestamp (3) with time zone GENERATED ALWAYS AS (coalesce(published_at, created_at)) STORED NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (post_search_vector(language, title, tags, excerpt, body)) STORED NOT NULL,
	CONSTRAINT "posts_status_known" CHECK ("posts"."status" in ('draft', 'scheduled', 'published')),
	CONSTRAINT "posts_published_at" CHECK (("posts"."status" = 'draft') = ("posts"."published_at" is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "posts_slug" ON "posts" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "posts_published" ON "posts" USING btree ("sort_at","id") WHERE "posts"."status" = 'published' and "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_recent" ON "posts" USING btree ("sort_at","id") WHERE "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_unpublished" ON "posts" USING btree ("status","sort_at","id") WHERE "posts"."status" <> 'published' and "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_author" ON "posts" USING btree ("author_id","sort_at","id");--> statement-breakpoint
CREATE INDEX "posts_created" ON "posts" USING btree ("created_at","id") WHERE "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_updated" ON "posts" USING btree ("updated_at","id") WHERE "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_title" ON "posts" USING btree ("title","id") WHERE "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_tags" ON "posts" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "posts_search" ON "posts" USING gin ("search");--> statement-breakpoint
CREATE INDEX "posts_deleted" ON "posts" USING btree ("deleted_at") WHERE "posts"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "posts_cover" ON "posts" USING btree ("cover_file_id") WHERE "posts"."cover_file_id" is not null;--> statement-breakpoint
CREATE INDEX "users_name" ON "users" USING btree (coalesce("name", ''),"id");