-- A post goes with its author. A cover that is deleted leaves the post without one.
ALTER TABLE posts ADD CONSTRAINT posts_owner_fk FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE posts ADD CONSTRAINT posts_cover_file_fk FOREIGN KEY (cover_file_id) REFERENCES files (id) ON DELETE SET NULL;
