-- Whose data is whose. Datasets and exports lose their owner first: their tables and files must be removed before their rows.
ALTER TABLE datasets ADD CONSTRAINT datasets_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE exports ADD CONSTRAINT exports_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE exports ADD CONSTRAINT exports_file_fk FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE uploaded_files ADD CONSTRAINT uploaded_files_job_fk FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE SET NULL;--> statement-breakpoint
ALTER TABLE uploaded_files ADD CONSTRAINT uploaded_files_file_fk FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE uploaded_files ADD CONSTRAINT uploaded_files_dataset_fk FOREIGN KEY (dataset_id) REFERENCES datasets (id) ON DELETE SET NULL;
