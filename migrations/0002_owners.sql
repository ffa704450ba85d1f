-- Whose things are whose, across modules. A deleted user takes all along; files lose their owner first, because their bytes
-- must be removed before their rows.
ALTER TABLE accounts ADD CONSTRAINT accounts_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE sessions ADD CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE verifications ADD CONSTRAINT verifications_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE jobs ADD CONSTRAINT jobs_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE generations ADD CONSTRAINT generations_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE files ADD CONSTRAINT files_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE uploads ADD CONSTRAINT uploads_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE object_removals ADD CONSTRAINT object_removals_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL;
