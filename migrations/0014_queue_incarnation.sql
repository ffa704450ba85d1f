CREATE TABLE "queue_incarnation" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"incarnation" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queue_incarnation_only" CHECK ("queue_incarnation"."only")
);
