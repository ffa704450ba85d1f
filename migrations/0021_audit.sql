CREATE TABLE "audit_checkpoints" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"mac" "bytea" NOT NULL,
	"made_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"api_key_id" uuid,
	"action" text NOT NULL,
	"target_type" text,
	"target_id" text,
	"outcome" text NOT NULL,
	"ip" text,
	"user_agent" text,
	"request_id" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "audit_log_kind_known" CHECK ("audit_log"."actor_kind" in ('user', 'api-key', 'anonymous', 'operator', 'system')),
	CONSTRAINT "audit_log_outcome_known" CHECK ("audit_log"."outcome" in ('success', 'failure')),
	CONSTRAINT "audit_log_bounded" CHECK (octet_length("audit_log"."details"::text) <= 8192)
);
--> statement-breakpoint
CREATE TABLE "audit_seals" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"entry_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	"mac" "bytea" NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_seals_entry_id_unique" UNIQUE("entry_id")
);
--> statement-breakpoint
CREATE TABLE "audit_unsealed" (
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "audit_log_target" ON "audit_log" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "audit_log_action" ON "audit_log" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "audit_log_ip" ON "audit_log" USING btree ("ip","id");
--> statement-breakpoint
-- For everyone, owner and superuser included: who takes the trigger away leaves a chain that does not verify.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is only ever added to: % of % is refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;--> statement-breakpoint
-- Entries may go when a checkpoint says so, which is itself only ever added to, and made by who has the secret key.
CREATE FUNCTION guard_audit_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  removed_up_to bigint := (SELECT max(seq) FROM audit_checkpoints);
  seal bigint;
BEGIN
  IF TG_TABLE_NAME = 'audit_seals' THEN
    seal := OLD.seq;
  ELSE
    seal := (SELECT seq FROM audit_seals WHERE entry_id = OLD.id);
  END IF;
  IF seal IS NULL OR removed_up_to IS NULL OR seal > removed_up_to THEN
    RAISE EXCEPTION 'The audit log is only ever added to: % of % is refused.', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END
$$;--> statement-breakpoint
CREATE FUNCTION await_audit_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO audit_unsealed (entry_id) VALUES (NEW.id);
  RETURN NULL;
END
$$;--> statement-breakpoint
-- Entries with their seals up to one of them, for the retention. None younger than 30 days goes, whoever asks.
CREATE FUNCTION remove_audit_entries(up_to bigint, mac bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  removed bigint;
BEGIN
  IF EXISTS (SELECT FROM audit_seals JOIN audit_log ON audit_log.id = entry_id
    WHERE seq <= up_to AND at >= now() - interval '30 days') THEN
    RAISE EXCEPTION 'Entries of the last 30 days stay in the audit log.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO audit_checkpoints (seq, hash, mac)
    SELECT audit_seals.seq, audit_seals.hash, remove_audit_entries.mac FROM audit_seals WHERE audit_seals.seq = up_to;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'There is no seal %.', up_to;
  END IF;
  DELETE FROM audit_log USING audit_seals WHERE audit_log.id = entry_id AND seq <= up_to;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM audit_seals WHERE seq <= up_to;
  RETURN removed;
END
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION remove_audit_entries(bigint, bytea) FROM PUBLIC;--> statement-breakpoint
-- Else a temporary table of the same name, which anybody can make, would be taken for the real one.
DO $$
DECLARE
  function text;
BEGIN
  FOREACH function IN ARRAY ARRAY['guard_audit_removal()', 'await_audit_seal()', 'remove_audit_entries(bigint, bytea)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', function, current_schema());
  END LOOP;
END
$$;--> statement-breakpoint
CREATE TRIGGER audit_log_waits AFTER INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION await_audit_seal();--> statement-breakpoint
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION guard_audit_removal();--> statement-breakpoint
CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION guard_audit_removal();--> statement-breakpoint
CREATE TRIGGER audit_checkpoints_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
