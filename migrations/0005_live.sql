CREATE TABLE "destinations" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"platform" text NOT NULL,
	"url" text NOT NULL,
	"sealed_stream_key" "bytea" NOT NULL,
	"stream_key_hint" text NOT NULL,
	"position" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"state" text DEFAULT 'idle' NOT NULL,
	"state_code" text,
	"state_message" text,
	"state_changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"bytes_sent" bigint DEFAULT 0 NOT NULL,
	"bitrate" integer DEFAULT 0 NOT NULL,
	"dropped_messages" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"stream_key_hash" text NOT NULL,
	"stream_key_hint" text NOT NULL,
	"reconnect_window_seconds" integer DEFAULT 60 NOT NULL,
	"record" boolean DEFAULT false NOT NULL,
	"preview" boolean DEFAULT true NOT NULL,
	"live_stream_id" uuid,
	"event_seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "projects_stream_key_hash_unique" UNIQUE("stream_key_hash"),
	CONSTRAINT "projects_reconnect_window" CHECK ("projects"."reconnect_window_seconds" between 0 and 600)
);
--> statement-breakpoint
CREATE TABLE "live_events" (
	"project_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"stream_id" uuid,
	"destination_id" uuid,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "live_events_project_id_seq_pk" PRIMARY KEY("project_id","seq")
);
--> statement-breakpoint
CREATE TABLE "live_processes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"project_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"source" text NOT NULL,
	"status" text DEFAULT 'live' NOT NULL,
	"process_id" uuid,
	"publisher_address" text,
	"encoder" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lost_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"end_reason" text,
	"video_codec" text,
	"audio_codec" text,
	"width" integer,
	"height" integer,
	"frame_rate" real,
	"audio_sample_rate" integer,
	"audio_channels" integer,
	"bitrate" integer DEFAULT 0 NOT NULL,
	"peak_bitrate" integer DEFAULT 0 NOT NULL,
	"bytes_received" bigint DEFAULT 0 NOT NULL,
	"reconnects" integer DEFAULT 0 NOT NULL,
	"recording_status" text DEFAULT 'off' NOT NULL,
	"recording_message" text,
	"recording_file_id" uuid,
	"recording_job_id" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "destinations" ADD CONSTRAINT "destinations_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "destinations_project" ON "destinations" USING btree ("project_id","position","id");--> statement-breakpoint
CREATE INDEX "projects_owner" ON "projects" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "live_events_stream" ON "live_events" USING btree ("stream_id","seq");--> statement-breakpoint
CREATE INDEX "live_events_created" ON "live_events" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "streams_open" ON "streams" USING btree ("project_id") WHERE "streams"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "streams_project" ON "streams" USING btree ("project_id","id");--> statement-breakpoint
CREATE INDEX "streams_owner_open" ON "streams" USING btree ("owner_id","id") WHERE "streams"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "streams_process" ON "streams" USING btree ("process_id") WHERE "streams"."ended_at" is null;