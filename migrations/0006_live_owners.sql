-- Whose projects are whose. What a project is about goes with it; the file of a recording stays its owner's.
ALTER TABLE projects ADD CONSTRAINT projects_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE streams ADD CONSTRAINT streams_project_fk FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE streams ADD CONSTRAINT streams_recording_file_fk FOREIGN KEY (recording_file_id) REFERENCES files (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE live_events ADD CONSTRAINT live_events_project_fk FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE;
