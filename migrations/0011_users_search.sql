-- Trusted: whoever may make a schema in this database may make it. What an administrator made before is used as it is, in
-- whichever schema he put it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
DO $$
BEGIN
  EXECUTE (
    SELECT format('CREATE INDEX "users_search" ON "users" USING gin ("email" %1$I.gin_trgm_ops,"name" %1$I.gin_trgm_ops)', nspname)
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname = 'pg_trgm'
  );
END
$$;