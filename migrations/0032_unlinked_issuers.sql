CREATE TABLE "unlinked_issuers" (
	"user_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "unlinked_issuers_user_id_issuer_pk" PRIMARY KEY("user_id","issuer")
);
--> statement-breakpoint
ALTER TABLE unlinked_issuers ADD CONSTRAINT unlinked_issuers_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
