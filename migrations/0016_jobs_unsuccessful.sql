-- allow: index-locks-writes because jobs are kept for days only, and a million of them are read in about a second
CREATE INDEX "jobs_unsuccessful" ON "jobs" USING btree ("status","queue","finished_at") WHERE "jobs"."status" in ('failed', 'cancelled');
