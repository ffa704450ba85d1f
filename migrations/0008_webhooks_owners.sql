-- A webhook goes with its owner, and with the project that it was for.
ALTER TABLE webhooks ADD CONSTRAINT webhooks_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE webhooks ADD CONSTRAINT webhooks_project_fk FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE;
