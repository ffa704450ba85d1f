// Made from /openapi.json by `npm run client:generate`. Change the routes instead.
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this service is, and how it is
         * @description Always a 200: `status` is that of the worst check.
         */
        get: operations["service.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything in one answer
         * @description 503 when a check is `down`. The checks run once a second at most, however many ask.
         */
        get: operations["health.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/db": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The database and its pools
         * @description The primary and each replica: breaker, pool and lag. 503 when the database is down.
         */
        get: operations["health.db"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process runs
         * @description Looks at nothing else: to restart a process does not bring its database back.
         */
        get: operations["health.live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether it can serve requests
         * @description 503 while the database is down, the migrations of this version have not run, or the process is about to stop.
         */
        get: operations["health.ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/startup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the migrations have run */
        get: operations["health.startup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for the next pair of tokens
         * @description Each refresh token works once. Parallel uses within ten seconds get the same pair; any later use ends the session.
         */
        post: operations["auth.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, or whose API key this is */
        get: operations["auth.me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account and sign in to it
         * @description Also sets the session cookie. The answer is the same whether the address is known or not: the account owns the address once the link that is mailed there has been followed.
         */
        post: operations["auth.signup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the first admin
         * @description Takes the token of the link that is printed at the start. Works only while there is no admin.
         */
        post: operations["auth.setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Also sets the session cookie, for browsers that keep no tokens. Where a second factor is set, a right password is answered with 202 and `TOTP_REQUIRED` instead, without tokens and cookie: `auth/login/totp` ends the sign-in.
         */
        post: operations["auth.login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with the second factor
         * @description Ends what `auth/login` began, by a code of the app or a recovery code.
         */
        post: operations["auth.loginTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/change-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description Ends all other sessions.
         */
        post: operations["auth.changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a link for choosing a new password
         * @description The answer is the same whether the address has an account or not.
         */
        post: operations["auth.forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a new password with the mailed link
         * @description Ends all sessions.
         */
        post: operations["auth.resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm your address with the mailed link
         * @description Takes a session of the account, or its `password`: whoever signed up with an address that is not his is not confirmed by its owner.
         */
        post: operations["auth.verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/verify-email/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the link for confirming your address mailed again */
        post: operations["auth.verifyEmailResend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends this session: its access token, refresh token and cookie stop working at once.
         */
        post: operations["auth.logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/reauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove again that it is you
         * @description What changes how an account can be entered, such as making an API key, needs a proof of the last ten minutes, else it answers 403 `REAUTHENTICATION_REQUIRED`. Signing in is one.
         */
        post: operations["auth.reauthenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your sessions, newest first */
        get: operations["auth.sessions"];
        put?: never;
        post?: never;
        /**
         * End all your other sessions
         * @description Their access tokens, refresh tokens and cookies stop working at once, and their sockets are closed.
         */
        delete: operations["auth.deleteSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of your sessions
         * @description Its access token, refresh token and cookie stop working at once, and its sockets are closed.
         */
        delete: operations["auth.deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether you have a second factor */
        get: operations["auth.totp"];
        put?: never;
        /**
         * Begin to set a second factor
         * @description Codes by time (RFC 6238) from an app: six digits, SHA-1, 30 seconds. Nothing changes until a code is confirmed.
         */
        post: operations["auth.createTotp"];
        /**
         * Take the second factor away
         * @description Takes a proof of the last ten minutes that it is you.
         */
        delete: operations["auth.deleteTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the second factor by a code of the app
         * @description From the next sign-in on, it is asked for. The answer holds the recovery codes.
         */
        post: operations["auth.totpConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make new recovery codes, which end those before */
        post: operations["auth.totpRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to add a passkey
         * @description The answer is for `navigator.credentials.create()`; what that gives goes to `auth/passkeys` within five minutes. Takes a proof of the last ten minutes that it is you.
         */
        post: operations["auth.passkeysOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your passkeys, newest first */
        get: operations["auth.passkeys"];
        put?: never;
        /**
         * Add the passkey that the browser has made
         * @description Takes a proof of the last ten minutes that it is you. You are told by mail.
         */
        post: operations["auth.createPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete one of your passkeys
         * @description It signs in no more. Takes a proof of the last ten minutes that it is you.
         */
        delete: operations["auth.deletePasskey"];
        options?: never;
        head?: never;
        /** Rename one of your passkeys */
        patch: operations["auth.updatePasskey"];
        trace?: never;
    };
    "/v1/auth/passkeys/sign-in/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to sign in with a passkey
         * @description The answer is for `navigator.credentials.get()`; what that gives goes to `auth/passkeys/sign-in` within five minutes. It is the same for everybody.
         */
        post: operations["auth.passkeysSignInOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkeys/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a passkey
         * @description Answers as `auth/login` does, and sets the session cookie. A passkey that was unlocked by finger, face or PIN is enough; another one is answered with 202 where a second factor is set, and `auth/login/totp` goes on.
         */
        post: operations["auth.passkeysSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkeys/reauthenticate/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to prove by a passkey that it is you */
        post: operations["auth.passkeysReauthenticateOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkeys/reauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove by a passkey that it is you
         * @description Counts as `auth/reauthenticate` does.
         */
        post: operations["auth.passkeysReauthenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where users can sign in besides */
        get: operations["auth.oauth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign in by a provider
         * @description For browsers to be sent to: redirects to the provider, and in the end to `returnTo`, signed in by the session cookie, or with a `code` for an app that gave a `codeChallenge`.
         */
        get: operations["auth.getOauth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * End a sign-in by a provider
         * @description The address to register at the provider, which sends browsers here. An app gets `code`, or `error` with the code of what went wrong, at its `returnTo`.
         */
        get: operations["auth.oauthCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange the code of a sign-in by a provider for tokens
         * @description Takes the `code` that `returnTo` was given, once, within a minute, and the verifier whose challenge the sign-in was begun with. Answers as `auth/login` does, with 202 where a second factor is set.
         */
        post: operations["auth.oauthExchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the providers by which you can sign in */
        get: operations["auth.identities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a provider away from your account
         * @description Needs a recent proof, and another way to sign in.
         */
        delete: operations["auth.deleteIdentitie"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/{provider}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Link a provider to your account
         * @description Needs a recent proof. Send the browser that made this request, with its cookies, to `url`; it comes back to `returnTo`.
         */
        post: operations["auth.oauthLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oauth/{provider}/reauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove again that it is you, by a provider
         * @description For who has no password. Send the browser that made this request, with its cookies, to `url`; the proof counts when it is back.
         */
        post: operations["auth.oauthReauthenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your API keys, newest first */
        get: operations["apiKeys.list"];
        put?: never;
        /**
         * Make an API key
         * @description The key itself is shown once. What the role of its user does not grant, or no longer grants, it cannot do.
         */
        post: operations["apiKeys.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace an API key's secret
         * @description The secret before works on for the overlap, 24 hours unless you say otherwise. There are never more than two.
         */
        post: operations["apiKeys.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an API key */
        get: operations["apiKeys.get"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It stops working at once, with all its secrets, and stays in the list for 90 days.
         */
        delete: operations["apiKeys.delete"];
        options?: never;
        head?: never;
        /**
         * Change the name, scopes or expiry of an API key
         * @description Holds from the next request of the key on. Takes a proof of the last ten minutes that it is you.
         */
        patch: operations["apiKeys.update"];
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the audit log
         * @description Who did what to what, when and from where, newest first. For admins. To have it as a file, export the resource `audit`.
         */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the chain of the audit log ends
         * @description Keep it outside of the database: against it, a log that was written anew shows.
         */
        get: operations["audit.head"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to your account, newest first
         * @description What you or your API keys did, and what others did or tried to do to your account.
         */
        get: operations["auth.activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search users
         * @description Newest first, or as `sort` says. Managers and admins see everybody, others only themselves.
         */
        get: operations["users.list"];
        put?: never;
        /** Make an account for somebody */
        post: operations["users.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a user */
        get: operations["users.get"];
        put?: never;
        post?: never;
        /** Delete a user and all that is his */
        delete: operations["users.delete"];
        options?: never;
        head?: never;
        /** Change a user */
        patch: operations["users.update"];
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, newest first */
        get: operations["jobs.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job */
        get: operations["jobs.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get only the status of a job */
        get: operations["jobs.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job
         * @description A waiting job ends at once. A running one is told to stop; follow its events to see it end.
         */
        post: operations["jobs.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a failed or cancelled job again
         * @description Under the same id, with all its retries. 409 `JOB_NOT_RETRYABLE` in any other state.
         */
        post: operations["jobs.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a job live
         * @description Server-Sent Events `status` and `progress`, numbered from 1. A 204 means that all has been told.
         */
        get: operations["jobs.events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what one process of all does again and again */
        get: operations["admin.schedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/presigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a URL to upload a file to
         * @description PUT the bytes to the URL with the given headers within 15 minutes, then confirm the upload.
         */
        post: operations["uploads.presigned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a file of an upload
         * @description Checks what has arrived, and starts its processing. Repeating it gives the same file.
         */
        post: operations["uploads.confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List files, newest first */
        get: operations["files.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a file
         * @description With a link to its bytes when it is `ready`, which is good for an hour.
         */
        get: operations["files.get"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description Its bytes are removed about a day later, the pictures that were resized from it within 20 minutes.
         */
        delete: operations["files.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description Answers ranges and conditional requests. Types that can carry scripts are only ever downloaded.
         */
        get: operations["files.content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Download a file
         * @description Answers ranges and conditional requests. Types that can carry scripts are only ever downloaded.
         */
        head: operations["files.headContent"];
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/image-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a URL to show a picture in another size or format
         * @description The URL is signed, and can be used by whoever has it until it expires or the file is deleted. Pictures are never made larger than they are; of animations, the first frame is shown.
         */
        get: operations["files.imageUrl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a picture as its signed URL says
         * @description Take the whole URL from `image-url`. Answers ranges and conditional requests. `Accept` chooses among formats when the format is `auto`.
         */
        get: operations["files.image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Show a picture as its signed URL says
         * @description Take the whole URL from `image-url`. Answers ranges and conditional requests. `Accept` chooses among formats when the format is `auto`.
         */
        head: operations["files.headImage"];
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/tus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a resumable upload
         * @description By tus 1.0, for any of its clients (https://tus.io). Limits are those of `uploads/presigned`. Send the bytes to the `Location` within 24 hours; the answer to the last of them names the file in `Backlot-File-Id`.
         */
        post: operations["uploads.tus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/tus/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Give a resumable upload up */
        delete: operations["uploads.deleteTu"];
        options?: never;
        head?: never;
        /**
         * Send bytes of a resumable upload
         * @description As `application/offset+octet-stream`. After the last byte the upload is checked and its processing starts, as by `uploads/confirm`.
         */
        patch: operations["uploads.updateTu"];
        trace?: never;
    };
    "/v1/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List generations, newest first */
        get: operations["generations.list"];
        put?: never;
        /**
         * Make a picture
         * @description Answers 202 with the job. Send JSON, with `fileId` to work on a file of yours, or `multipart/form-data` with the same fields and the photo as `image`. Without a photo the prompt and the seed draw a picture.
         */
        post: operations["generations.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generations/styles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the styles */
        get: operations["generations.styles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generations/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models that a request may name
         * @description Only provider `onnx` offers models by name; with the others this list is empty.
         */
        get: operations["generations.models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a generation, with the signed address of its picture */
        get: operations["generations.get"];
        put?: never;
        post?: never;
        /** Delete a generation and its picture */
        delete: operations["generations.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a generation */
        post: operations["generations.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generations/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a failed or cancelled generation again */
        post: operations["generations.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make pictures, as `images.generate` of an OpenAI client asks for them
         * @description One generation a picture. Waits for the end. What takes longer is a 503 with `Retry-After`; the repeated request waits on for the same pictures.
         */
        post: operations["images.generations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Edit a picture, as `images.edit` of an OpenAI client asks for it
         * @description With a `mask`, a PNG as large as the image, only its wholly transparent pixels change. The rest as for `images/generations`.
         */
        post: operations["images.edits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what `model` may be, as OpenAI clients ask for it */
        get: operations["models.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a model, as OpenAI clients ask for it */
        get: operations["models.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a dataset
         * @description Answers 202 with the job that writes the rows. The same seed and schema give the same rows, whoever writes them.
         */
        post: operations["datasets.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generate/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See the first 100 rows of each table at once, those that the job will write
         * @description Rows of more than ten thousand characters are fewer.
         */
        post: operations["datasets.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generate/types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the types of fields */
        get: operations["datasets.fieldTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generate/presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the presets, with the tables that each stands for */
        get: operations["datasets.presets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List datasets, newest first */
        get: operations["datasets.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a dataset with its tables and columns */
        get: operations["datasets.get"];
        put?: never;
        post?: never;
        /** Delete a dataset */
        delete: operations["datasets.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{id}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the rows of a table, page by page
         * @description A page of very long rows has fewer than `limit`; `nextCursor` says whether more follow.
         */
        get: operations["datasets.rows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write a dataset, or things of yours, to a file
         * @description Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/exports/{id}.
         */
        post: operations["exports.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List exports, newest first */
        get: operations["exports.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an export, with the signed address of its file */
        get: operations["exports.get"];
        put?: never;
        post?: never;
        /** Delete an export and its file */
        delete: operations["exports.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List reports, newest first */
        get: operations["reports.list"];
        put?: never;
        /**
         * Write the usage of a period to a PDF with charts
         * @description Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/reports/{id}.
         */
        post: operations["reports.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a report, with the signed address of its file */
        get: operations["reports.get"];
        put?: never;
        post?: never;
        /** Delete a report and its file */
        delete: operations["reports.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/syncs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List syncs, newest first */
        get: operations["syncs.list"];
        put?: never;
        /**
         * Pull an external JSON or CSV source into a dataset from time to time
         * @description The first run begins at once. A dataset has one sync at most.
         */
        post: operations["syncs.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/syncs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a sync */
        get: operations["syncs.get"];
        put?: never;
        post?: never;
        /** Delete a sync and its runs; the dataset stays */
        delete: operations["syncs.delete"];
        options?: never;
        head?: never;
        /**
         * Change a sync, or enable it again
         * @description Headers go when `url` changes to another origin, unless they are given with it.
         */
        patch: operations["syncs.update"];
        trace?: never;
    };
    "/v1/syncs/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the runs of a sync in the last 30 days, newest first, with what changed in each */
        get: operations["syncs.runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/syncs/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a sync now
         * @description 409 `SYNC_RUNS` while it runs, `SYNC_DISABLED` when it is disabled.
         */
        post: operations["syncs.run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file; tables become datasets
         * @description Send `multipart/form-data` with the part `file`. .csv, .tsv, .json, .ndjson, .jsonl, .xlsx and .parquet are read row by row into a dataset; pictures, videos and documents become files.
         */
        post: operations["datasets.upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List projects, newest first */
        get: operations["projects.list"];
        put?: never;
        /**
         * Make a project, which takes one live feed and sends it to its destinations
         * @description The stream key is shown in this answer only.
         */
        post: operations["projects.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/stream-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a project another stream key
         * @description The old one is worth nothing any more: a publisher that is live with it is disconnected. The new one is shown in this answer only.
         */
        post: operations["projects.streamKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a project */
        get: operations["projects.get"];
        put?: never;
        post?: never;
        /** Delete a project with its destinations and the history of its streams; one that is live ends */
        delete: operations["projects.delete"];
        options?: never;
        head?: never;
        /** Change a project */
        patch: operations["projects.update"];
        trace?: never;
    };
    "/v1/projects/{id}/destinations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a project's destinations, in their order */
        get: operations["projects.destinations"];
        put?: never;
        /**
         * Add a destination to a project
         * @description A project that is live begins to send to it at once.
         */
        post: operations["projects.createDestination"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/destinations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a destination */
        get: operations["destinations.get"];
        put?: never;
        post?: never;
        /** Delete a destination; a relay that runs ends */
        delete: operations["destinations.delete"];
        options?: never;
        head?: never;
        /**
         * Change a destination
         * @description With another address or key, a relay that runs begins anew.
         */
        patch: operations["destinations.update"];
        trace?: never;
    };
    "/v1/destinations/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the feed to a destination; where it fails, try again at once
         * @description `enabled` tells what is wanted now; `state` follows while the project is live.
         */
        post: operations["destinations.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/destinations/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send no feed to a destination
         * @description `enabled` tells what is wanted now; `state` follows while the project is live.
         */
        post: operations["destinations.stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a project's streams, newest first */
        get: operations["projects.streams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a stream */
        get: operations["streams.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what happened to a stream, oldest first */
        get: operations["streams.events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/relays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the streams that run, with the states of their destinations */
        get: operations["relays.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a project's streams and destinations live
         * @description Server-Sent Events such as `stream.live` and `destination.errored`, numbered from 1 without gaps. Without `Last-Event-ID` all that are kept are told first.
         */
        get: operations["projects.events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/on_publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether a publisher may begin
         * @description For `on_publish` of nginx-rtmp. Only a 2xx lets the publisher in.
         */
        post: operations["streams.onPublish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/on_publish_done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell that a publisher has ended
         * @description For `on_publish_done` of nginx-rtmp: the stream ends at once.
         */
        post: operations["streams.onPublishDone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/streams/on_update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell that a publisher is there
         * @description For `on_update` of nginx-rtmp: any answer but a 2xx drops the publisher, such as after its stream key was changed.
         */
        post: operations["streams.onUpdate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch what a project sends now
         * @description Links to a live HLS playlist and a picture. Whoever has a link can use it for an hour.
         */
        get: operations["projects.preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a picture of what a project sends now */
        get: operations["projects.thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhooks, newest first */
        get: operations["webhooks.list"];
        put?: never;
        /**
         * Add a webhook
         * @description The answer holds the secret that verifies signatures (Standard Webhooks 1.0). Keep it.
         */
        post: operations["webhooks.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new secret; the one before it signs too for 24 hours */
        post: operations["webhooks.secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a webhook */
        get: operations["webhooks.get"];
        put?: never;
        post?: never;
        /** Delete a webhook and its deliveries */
        delete: operations["webhooks.delete"];
        options?: never;
        head?: never;
        /** Change a webhook, or enable it again */
        patch: operations["webhooks.update"];
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was sent to a webhook in the last 30 days, newest first */
        get: operations["webhooks.deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the event `webhook.test` */
        post: operations["webhooks.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a delivery once more */
        post: operations["deliveries.replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What feature flags are for you */
        get: operations["flags.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List all feature flags */
        get: operations["admin.flags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/flags/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a feature flag */
        get: operations["admin.getFlag"];
        /**
         * Make or replace a feature flag
         * @description It acts at once, in every process.
         */
        put: operations["admin.replaceFlag"];
        post?: never;
        /**
         * Delete a feature flag
         * @description Whoever asks for it gets his own default from then on.
         */
        delete: operations["admin.deleteFlag"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what can be changed without a restart */
        get: operations["admin.settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/settings/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a runtime setting */
        get: operations["admin.getSetting"];
        /**
         * Change a runtime setting
         * @description It acts at once, in every process.
         */
        put: operations["admin.replaceSetting"];
        post?: never;
        /** Let a runtime setting be as the environment says again */
        delete: operations["admin.deleteSetting"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/posts/feed.rss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow posts by RSS 2.0
         * @description The 20 posts that were published last.
         */
        get: operations["posts.feedRss"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/posts/feed.atom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow posts by Atom
         * @description The 20 posts that were published last.
         */
        get: operations["posts.feedAtom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/posts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search posts
         * @description Published posts for everybody; to who is signed in, own drafts and scheduled ones too; to managers and admins, all.
         */
        get: operations["posts.list"];
        put?: never;
        /** Write a post */
        post: operations["posts.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/posts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a post, by its id or its slug
         * @description The `ETag` serves `If-Match` too: it begins with the version.
         */
        get: operations["posts.get"];
        put?: never;
        post?: never;
        /** Delete a post; it can be brought back for 30 days */
        delete: operations["posts.delete"];
        options?: never;
        head?: never;
        /** Change, schedule, publish or withdraw a post */
        patch: operations["posts.update"];
        trace?: never;
    };
    "/v1/posts/{id}/cover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a post's picture */
        get: operations["posts.cover"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/posts/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a deleted post back */
        post: operations["posts.restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your notifications, newest first
         * @description They are kept for 30 days. As they come: the topic `notifications` of `GET /realtime`.
         */
        get: operations["notifications.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a socket for events
         * @description A WebSocket (RFC 6455) that tells what happens to your jobs, generations, projects, and what you are notified of.
         *     Messages are JSON objects. Send `Authorization`, or within 5 s `{"type":"authenticate","token":"..."}` with an access token or API
         *     key; then `{"type":"subscribe","topic":"jobs/<id>","after":0}`. Topics: `jobs/<id>`, `generations/<id>`, `projects/<id>`,
         *     `notifications`. Each event has the number `seq`: give the last one that you have seen as `after` to resume without loss.
         */
        get: operations["realtime.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make several calls in one transaction
         * @description All or nothing, in order, each with the rights, limits and answers that it has alone. The first call that fails is the answer: its status, its code, and `calls.<index>` in `errors`; then nothing has happened. For calls whose whole effect is in the database: others are refused with `NOT_BATCHABLE`.
         */
        post: operations["batch.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        RealtimeRequestInput: {
            /** @constant */
            type: "authenticate";
            token: string;
        } | {
            /** @constant */
            type: "subscribe";
            topic: string;
            /**
             * @description The last number that was seen; with `latest` what was before is left out.
             * @default 0
             */
            after?: number | "latest";
        } | {
            /** @constant */
            type: "unsubscribe";
            topic: string;
        } | {
            /** @constant */
            type: "ping";
        };
        User: {
            /** Format: uuid */
            id: string;
            /** Format: email */
            email: string;
            name: string | null;
            /** @enum {string} */
            role: "viewer" | "user" | "manager" | "admin";
            emailVerified: boolean;
            disabled: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ShownUser: {
            /** Format: uuid */
            id?: string;
            /** Format: email */
            email?: string;
            name?: string | null;
            /** @enum {string} */
            role?: "viewer" | "user" | "manager" | "admin";
            emailVerified?: boolean;
            disabled?: boolean;
            /** Format: date-time */
            createdAt?: string;
            /** Format: date-time */
            updatedAt?: string;
        };
        Session: {
            /** Format: uuid */
            id: string;
            /** @description Whether this is the session that asks. */
            current: boolean;
            /** @description What the browser or app called itself. */
            device: string | null;
            /** @description The network that it was last seen in. */
            address: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string;
            /** Format: date-time */
            expiresAt: string;
        };
        Error: {
            /** @constant */
            success: false;
            message: string;
            error: {
                code: string;
                message: string;
                errors: {
                    path: string;
                    code: string;
                    message: string;
                }[];
                requestId: string;
            };
        };
        Job: {
            /** Format: uuid */
            id: string;
            type: string;
            queue: string;
            ownerId: string | null;
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            progress: number;
            progressMessage: string | null;
            cancelRequested: boolean;
            /**
             * Format: int64
             * @description How often a worker has taken the job.
             */
            attempts: number;
            result: unknown;
            /** @description Of an export, only for who may read exports. */
            resultUri: string | null;
            errorCode: string | null;
            errorMessage: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            statusUrl: string;
            eventsUrl: string;
            cancelUrl: string;
        };
        JobEvent: {
            /**
             * Format: int64
             * @description Numbers the events of a job, from 1.
             */
            seq: number;
            /**
             * @description Only when it changed.
             * @enum {string}
             */
            status?: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            /** Format: int64 */
            attempt?: number;
            progress?: number;
            /** @description What is being done. */
            message?: string;
            resultUri?: string;
            errorCode?: string;
            errorMessage?: string;
            /** Format: date-time */
            at: string;
        };
        DatasetSummary: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            jobId: string;
            ownerId: string | null;
            name: string;
            /** @enum {string} */
            origin: "generated" | "uploaded";
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            stored: boolean;
            /** Format: int64 */
            rows: number;
            /** Format: int64 */
            bytes: number;
            seed: string | null;
            locale: string | null;
            refDate: string | null;
            engineVersion: number | null;
            errorCode: string | null;
            errorMessage: string | null;
            /**
             * Format: date-time
             * @description When the dataset is removed.
             */
            expiresAt: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            rowsUrl: string;
            statusUrl: string;
            eventsUrl: string;
            cancelUrl: string;
        };
        Dataset: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            jobId: string;
            ownerId: string | null;
            name: string;
            /** @enum {string} */
            origin: "generated" | "uploaded";
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            stored: boolean;
            /** Format: int64 */
            rows: number;
            /** Format: int64 */
            bytes: number;
            seed: string | null;
            locale: string | null;
            refDate: string | null;
            engineVersion: number | null;
            errorCode: string | null;
            errorMessage: string | null;
            /**
             * Format: date-time
             * @description When the dataset is removed.
             */
            expiresAt: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            rowsUrl: string;
            statusUrl: string;
            eventsUrl: string;
            cancelUrl: string;
            tables: {
                name: string;
                /** Format: int64 */
                rows: number;
                columns: {
                    name: string;
                    /** @enum {string} */
                    type: "boolean" | "integer" | "bigint" | "double" | "numeric" | "text" | "uuid" | "date" | "time" | "timestamp" | "json";
                    label?: string;
                }[];
                primaryKey: string | null;
                foreignKeys: {
                    column: string;
                    references: {
                        table: string;
                        column: string;
                    };
                }[];
                /** @description What an upload could not read, the first rows of it with their lines. */
                importReport: {
                    /** Format: int64 */
                    badRows: number;
                    samples: {
                        /** Format: int64 */
                        line: number;
                        code: string;
                        message: string;
                    }[];
                } | null;
            }[];
            /** @description What it is made of, ready to be sent again. */
            schema: unknown;
        };
        Notification: {
            /**
             * Format: int64
             * @description Numbers the notifications of a user, from 1 and without gaps.
             */
            seq: number;
            /** @description `<subject>.<what happened>`, such as `generation.completed`. */
            type: string;
            data: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            at: string;
        };
        Export: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            jobId: string;
            ownerId: string | null;
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            datasetId: string | null;
            resource: string | null;
            /** @enum {string} */
            format: "csv" | "json" | "ndjson" | "sql" | "parquet" | "xlsx";
            /** @enum {string} */
            compression: "none" | "gzip" | "zip";
            result: {
                /** Format: uuid */
                fileId: string;
                /** @description Signed; valid for an hour. Ask again for a new one. */
                resultUri: string;
                contentType: string;
                /** Format: int64 */
                bytes: number;
                /** Format: int64 */
                rows: number;
                sha256: string | null;
            } | null;
            errorCode: string | null;
            errorMessage: string | null;
            /**
             * Format: date-time
             * @description When the file is removed.
             */
            expiresAt: string;
            /** Format: date-time */
            createdAt: string;
            statusUrl: string;
            eventsUrl: string;
            cancelUrl: string;
        };
        RealtimeMessage: {
            /** @constant */
            type: "authenticated";
            /** Format: uuid */
            userId: string;
            /** @description When the access token does; null of an API key. */
            expiresAt: string | null;
        } | {
            /** @constant */
            type: "subscribed";
            topic: string;
            /**
             * Format: int64
             * @description The events that follow begin behind this number.
             */
            after: number;
            /**
             * Format: int64
             * @description The number of the newest event there was.
             */
            seq: number;
        } | {
            /** @constant */
            type: "unsubscribed";
            topic: string;
        } | {
            /** @constant */
            type: "event";
            topic: string;
            /**
             * Format: int64
             * @description Numbers the events of a topic, from 1 and without gaps.
             */
            seq: number;
            /** @description What happened, such as `status` or `stream.live`. */
            event: string;
            data: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            at: string;
        } | {
            /** @constant */
            type: "gone";
            topic: string;
        } | {
            /** @constant */
            type: "error";
            /** @description Of the message that was refused, where it named one. */
            topic?: string;
            /**
             * Format: int64
             * @description The HTTP status that a route would answer.
             */
            status: number;
            code: string;
            message: string;
        } | {
            /** @constant */
            type: "pong";
        };
        Generation: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            jobId: string;
            /** Format: uuid */
            ownerId: string;
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            prompt: string;
            /** @enum {string} */
            style: "photorealistic" | "cartoon" | "anime" | "pixel-art" | "oil-painting" | "watercolor" | "sketch" | "noir";
            /** Format: int64 */
            seed: number;
            strength: number;
            size: string | null;
            inputFileId: string | null;
            maskFileId: string | null;
            provider: string;
            model: string | null;
            durationMs: number | null;
            result: {
                /** Format: uuid */
                fileId: string;
                /** @description Signed; valid for an hour. Ask again for a new one. */
                url: string;
                thumbnailUrl: string | null;
                contentType: string;
                /** Format: int64 */
                sizeBytes: number;
                width: number | null;
                height: number | null;
            } | null;
            errorCode: string | null;
            errorMessage: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            statusUrl: string;
            eventsUrl: string;
            cancelUrl: string;
        };
        Project: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            ownerId: string;
            name: string;
            description: string | null;
            /** @description Where to publish, with the stream key as the name of the stream. */
            ingest: {
                url: string;
                urls: string[];
            };
            /** @description The last characters of the stream key. */
            streamKeyHint: string;
            /** Format: int64 */
            reconnectWindowSeconds: number;
            record: boolean;
            preview: boolean;
            /** @enum {string} */
            status: "live" | "idle";
            liveStreamId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ProjectWithStreamKey: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            ownerId: string;
            name: string;
            description: string | null;
            /** @description Where to publish, with the stream key as the name of the stream. */
            ingest: {
                url: string;
                urls: string[];
            };
            /** @description The last characters of the stream key. */
            streamKeyHint: string;
            /** Format: int64 */
            reconnectWindowSeconds: number;
            record: boolean;
            preview: boolean;
            /** @enum {string} */
            status: "live" | "idle";
            liveStreamId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Shown in this answer only. */
            streamKey: string;
        };
        Report: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            jobId: string;
            ownerId: string | null;
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            projectId: string | null;
            userId: string | null;
            installation: boolean;
            /** @description Null: all that its maker could read. */
            sections: ("generations" | "datasets" | "exports" | "files" | "live" | "posts" | "jobs")[] | null;
            result: {
                /** Format: uuid */
                fileId: string;
                /** @description Signed; valid for an hour. Ask again for a new one. */
                resultUri: string;
                /** @constant */
                contentType: "application/pdf";
                /** Format: int64 */
                bytes: number;
                sha256: string | null;
            } | null;
            errorCode: string | null;
            errorMessage: string | null;
            /**
             * Format: date-time
             * @description When the file is removed.
             */
            expiresAt: string;
            /** Format: date-time */
            createdAt: string;
            statusUrl: string;
            eventsUrl: string;
            cancelUrl: string;
        };
        Sync: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            ownerId: string;
            name: string;
            url: string;
            /** @enum {string} */
            format: "json" | "csv" | "ndjson";
            pointer: string;
            keyColumns: string[];
            /** @description Null until a run has made it. */
            datasetId: string | null;
            timing: {
                /** Format: int32 */
                everyMinutes: number;
            } | {
                /** @description Five fields, in UTC: `15 6 * * 1-5`. Turns are 5 minutes apart at least. */
                cron: string;
            };
            /** @description Of the headers that are sent. Their values are never shown. */
            headerNames: string[];
            enabled: boolean;
            /** @description Why it was disabled, unless its owner did that. */
            disabledReason: string | null;
            /** Format: int64 */
            consecutiveFailures: number;
            /** @description Null while it is disabled. */
            nextRunAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        SyncRun: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            syncId: string;
            /** Format: uuid */
            jobId: string;
            /** @enum {string} */
            trigger: "schedule" | "request";
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            outcome: ("changed" | "unchanged") | null;
            /** @description That the source has. Null when it said that nothing is new. */
            rows: number | null;
            added: number | null;
            changed: number | null;
            removed: number | null;
            bytes: number | null;
            /** @description The first ten of each kind, with 20 columns and 200 characters of a value at most. */
            sample: {
                /** @enum {string} */
                kind: "added" | "changed" | "removed";
                key: {
                    [key: string]: string | null;
                };
                before: {
                    [key: string]: string | null;
                } | null;
                after: {
                    [key: string]: string | null;
                } | null;
            }[];
            errorCode: string | null;
            errorMessage: string | null;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
        };
        Schedule: {
            name: string;
            /** Format: int64 */
            everySeconds: number;
            /**
             * Format: date-time
             * @description In the past while it is due or runs.
             */
            nextRunAt: string;
            /** @description The process that runs it now: host, process id, and a mark. */
            runningOn: string | null;
            lastStartedAt: string | null;
            lastFinishedAt: string | null;
            /** @description How much the last run did, such as rows removed. */
            lastTotal: number | null;
            /** @description Why the last run failed; null when it did not. */
            lastError: string | null;
        };
        ApiKey: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description What the key begins with. It stays when the secret is replaced. */
            prefix: string;
            scopes: ("users:read" | "users:create" | "users:update" | "users:delete" | "generations:create" | "generations:read" | "generations:update" | "generations:delete" | "datasets:create" | "datasets:read" | "datasets:delete" | "exports:create" | "exports:read" | "exports:delete" | "files:create" | "files:read" | "files:delete" | "jobs:read" | "jobs:update" | "notifications:read" | "posts:create" | "posts:read" | "posts:update" | "posts:delete" | "projects:create" | "projects:read" | "projects:update" | "projects:delete" | "reports:create" | "reports:read" | "reports:delete" | "syncs:create" | "syncs:read" | "syncs:update" | "syncs:delete" | "webhooks:create" | "webhooks:read" | "webhooks:update" | "webhooks:delete" | "queues:read" | "queues:update" | "schedules:read" | "audit:read" | "flags:read" | "flags:update" | "settings:read" | "settings:update")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            /** @description Until then the secret before works too. */
            previousSecretUntil: string | null;
            revokedAt: string | null;
        };
        ApiKeyWithSecret: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description What the key begins with. It stays when the secret is replaced. */
            prefix: string;
            scopes: ("users:read" | "users:create" | "users:update" | "users:delete" | "generations:create" | "generations:read" | "generations:update" | "generations:delete" | "datasets:create" | "datasets:read" | "datasets:delete" | "exports:create" | "exports:read" | "exports:delete" | "files:create" | "files:read" | "files:delete" | "jobs:read" | "jobs:update" | "notifications:read" | "posts:create" | "posts:read" | "posts:update" | "posts:delete" | "projects:create" | "projects:read" | "projects:update" | "projects:delete" | "reports:create" | "reports:read" | "reports:delete" | "syncs:create" | "syncs:read" | "syncs:update" | "syncs:delete" | "webhooks:create" | "webhooks:read" | "webhooks:update" | "webhooks:delete" | "queues:read" | "queues:update" | "schedules:read" | "audit:read" | "flags:read" | "flags:update" | "settings:read" | "settings:update")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            /** @description Until then the secret before works too. */
            previousSecretUntil: string | null;
            revokedAt: string | null;
            /** @description For `Authorization: Bearer`. Shown only here: keep it. */
            apiKey: string;
        };
        AuditEntry: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            /** @description `resource:verb`. */
            action: string;
            /** @enum {string} */
            outcome: "success" | "failure";
            targetType: string | null;
            targetId: string | null;
            ip: string | null;
            userAgent: string | null;
            details: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            actorKind: "user" | "api-key" | "anonymous" | "operator" | "system";
            /** @description The user, also where a key of his acted. */
            actorId: string | null;
            apiKeyId: string | null;
            /** @description As in the log and in the header of the answer. */
            requestId: string | null;
        };
        Activity: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            /** @description `resource:verb`. */
            action: string;
            /** @enum {string} */
            outcome: "success" | "failure";
            targetType: string | null;
            targetId: string | null;
            ip: string | null;
            userAgent: string | null;
            details: {
                [key: string]: unknown;
            };
            /**
             * @description Of what others do, address and browser are not told, unless they tried to sign in as you.
             * @enum {string}
             */
            by: "you" | "your-api-key" | "somebody" | "backlot";
            apiKeyId: string | null;
        };
        Identity: {
            /** Format: uuid */
            id: string;
            provider: string;
            /** @description What the provider said last. It need not be that of the account. */
            email: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string;
        };
        Passkey: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Whether copies of it are kept elsewhere, such as in an account for them. */
            backedUp: boolean;
            /** Format: date-time */
            createdAt: string;
            lastUsedAt: string | null;
        };
        File: {
            /** Format: uuid */
            id: string;
            ownerId: string | null;
            /** @enum {string} */
            kind: "profile-image" | "image" | "document" | "table" | "video" | "generated" | "export" | "recording" | "report";
            name: string;
            /** @enum {string} */
            status: "pending" | "processing" | "ready" | "failed";
            contentType: string;
            /** Format: int64 */
            sizeBytes: number;
            sha256: string | null;
            metadata: {
                /** Format: int64 */
                width?: number;
                /** Format: int64 */
                height?: number;
                /** Format: int64 */
                frames?: number;
                camera?: string;
                takenAt?: string;
            };
            /** @description Signed and good for an hour; null until the file is ready, and for who may not read it. */
            url: string | null;
            /** @description Of pictures: WebP, at most 512 pixels a side. */
            thumbnailUrl: string | null;
            error: {
                code: string;
                message: string;
            } | null;
            jobId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        FeatureFlag: {
            key: string;
            /** @enum {string} */
            type: "boolean" | "string" | "number" | "json";
            description: string;
            enabled: boolean;
            default: boolean | number | string | unknown[] | {
                [key: string]: unknown;
            };
            rules: {
                users?: string[];
                roles?: string[];
                percentage?: number;
                value: boolean | number | string | unknown[] | {
                    [key: string]: unknown;
                };
            }[];
            /** Format: int64 */
            version: number;
            /** Format: date-time */
            updatedAt: string;
        };
        EvaluatedFlag: {
            key: string;
            value: unknown;
            /** @description As OpenFeature names reasons. */
            reason: string;
        };
        OpenAiImages: {
            /**
             * Format: int64
             * @description Unix time, in seconds.
             */
            created: number;
            /** @enum {string} */
            output_format: "png" | "jpeg" | "webp";
            size?: string;
            /** @description Always zero: Backlot counts pictures, not tokens. */
            usage: {
                /** Format: int64 */
                input_tokens: number;
                /** Format: int64 */
                output_tokens: number;
                /** Format: int64 */
                total_tokens: number;
                input_tokens_details: {
                    /** Format: int64 */
                    text_tokens: number;
                    /** Format: int64 */
                    image_tokens: number;
                };
            };
            data: {
                b64_json?: string;
                /** @description Good for an hour. */
                url?: string;
            }[];
        };
        OpenAiError: {
            error: {
                message: string;
                /** @enum {string} */
                type: "invalid_request_error" | "image_generation_user_error" | "rate_limit_error" | "server_error";
                param: string | null;
                code: string;
            };
        };
        Post: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            authorId: string;
            title: string;
            slug: string;
            excerpt: string;
            tags: string[];
            /** @enum {string} */
            language: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish";
            coverFileId: string | null;
            /** @description Answers with the picture to whoever may see the post. */
            coverUrl: string | null;
            /** @enum {string} */
            status: "draft" | "scheduled" | "published";
            publishedAt: string | null;
            /**
             * Format: int64
             * @description Grows with every change.
             */
            version: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            body: string;
        };
        ShownPost: {
            /** Format: uuid */
            id?: string;
            /** Format: uuid */
            authorId?: string;
            title?: string;
            slug?: string;
            excerpt?: string;
            tags?: string[];
            /** @enum {string} */
            language?: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish";
            coverFileId?: string | null;
            /** @description Answers with the picture to whoever may see the post. */
            coverUrl?: string | null;
            /** @enum {string} */
            status?: "draft" | "scheduled" | "published";
            publishedAt?: string | null;
            /**
             * Format: int64
             * @description Grows with every change.
             */
            version?: number;
            /** Format: date-time */
            createdAt?: string;
            /** Format: date-time */
            updatedAt?: string;
            body?: string;
            /** @description The body as HTML that can stand in any page. */
            bodyHtml?: string;
            authorName?: string | null;
            /** @description With `q`: where its words stand, as HTML with `<mark>` around them. */
            highlight?: {
                title: string;
                text: string;
            };
        };
        Destination: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            projectId: string;
            name: string;
            /** @enum {string} */
            platform: "youtube" | "twitch" | "facebook" | "kick" | "custom";
            url: string;
            /** @description Masked: only its end is shown. */
            streamKey: string;
            /** @description What is wanted; `state` says what is so. */
            enabled: boolean;
            /** Format: int64 */
            position: number;
            /** @enum {string} */
            state: "idle" | "connecting" | "broadcasting" | "reconnecting" | "errored" | "stopped";
            stateCode: string | null;
            /** @description Why it is so, in the platform's own words if it said any. */
            stateMessage: string | null;
            /** Format: date-time */
            stateChangedAt: string;
            /**
             * Format: int64
             * @description By the stream that runs, or ran last.
             */
            bytesSent: number;
            /**
             * Format: int64
             * @description Bits a second, now.
             */
            bitrate: number;
            /**
             * Format: int64
             * @description Left out because the platform took them too slowly.
             */
            droppedMessages: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        RuntimeSetting: {
            key: string;
            description: string;
            /** @example 50000000 */
            value: number | boolean;
            /**
             * @description What the environment says.
             * @example 50000000
             */
            default: number | boolean;
            isSet: boolean;
            /**
             * Format: int64
             * @description 0 while it is as the environment says.
             */
            version: number;
            updatedAt: string | null;
        };
        Stream: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            projectId: string;
            /** Format: uuid */
            ownerId: string;
            /**
             * @description `external`: another server takes the feed and only tells of it.
             * @enum {string}
             */
            source: "rtmp" | "external";
            /** @enum {string} */
            status: "live" | "reconnecting" | "ended";
            publisherAddress: string | null;
            encoder: string | null;
            /** Format: date-time */
            startedAt: string;
            /** @description Since when there is no publisher. */
            lostAt: string | null;
            endedAt: string | null;
            endReason: ("unpublished" | "publisher-lost" | "server-silent" | "project-deleted") | null;
            videoCodec: string | null;
            audioCodec: string | null;
            width: number | null;
            height: number | null;
            frameRate: number | null;
            audioSampleRate: number | null;
            audioChannels: number | null;
            /**
             * Format: int64
             * @description Bits a second, now.
             */
            bitrate: number;
            /**
             * Format: int64
             * @description Bits a second, at most.
             */
            peakBitrate: number;
            /** Format: int64 */
            bytesReceived: number;
            /**
             * Format: int64
             * @description How often the publisher came back.
             */
            reconnects: number;
            recording: {
                /** @enum {string} */
                status: "off" | "recording" | "stopped" | "processing" | "ready" | "failed";
                message: string | null;
                fileId: string | null;
                jobId: string | null;
            };
            eventsUrl: string;
        };
        Relay: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            projectId: string;
            /** Format: uuid */
            ownerId: string;
            /**
             * @description `external`: another server takes the feed and only tells of it.
             * @enum {string}
             */
            source: "rtmp" | "external";
            /** @enum {string} */
            status: "live" | "reconnecting" | "ended";
            publisherAddress: string | null;
            encoder: string | null;
            /** Format: date-time */
            startedAt: string;
            /** @description Since when there is no publisher. */
            lostAt: string | null;
            endedAt: string | null;
            endReason: ("unpublished" | "publisher-lost" | "server-silent" | "project-deleted") | null;
            videoCodec: string | null;
            audioCodec: string | null;
            width: number | null;
            height: number | null;
            frameRate: number | null;
            audioSampleRate: number | null;
            audioChannels: number | null;
            /**
             * Format: int64
             * @description Bits a second, now.
             */
            bitrate: number;
            /**
             * Format: int64
             * @description Bits a second, at most.
             */
            peakBitrate: number;
            /** Format: int64 */
            bytesReceived: number;
            /**
             * Format: int64
             * @description How often the publisher came back.
             */
            reconnects: number;
            recording: {
                /** @enum {string} */
                status: "off" | "recording" | "stopped" | "processing" | "ready" | "failed";
                message: string | null;
                fileId: string | null;
                jobId: string | null;
            };
            eventsUrl: string;
            /** @description In the owner's order. */
            destinations: components["schemas"]["Destination"][];
        };
        LiveEvent: {
            /**
             * Format: int64
             * @description Numbers the events of a project, from 1 and without gaps.
             */
            seq: number;
            type: string;
            streamId: string | null;
            destinationId: string | null;
            data: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            at: string;
        };
        Webhook: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            ownerId: string;
            projectId: string | null;
            url: string;
            description: string;
            events: string[];
            enabled: boolean;
            /** @description Why it was disabled, unless its owner did that. */
            disabledReason: string | null;
            /**
             * Format: int64
             * @description Deliveries in a row that failed with all their retries.
             */
            consecutiveFailures: number;
            /** @description Until then the secret before the newest signs too. */
            previousSecretUntil: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        WebhookWithSecret: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            ownerId: string;
            projectId: string | null;
            url: string;
            description: string;
            events: string[];
            enabled: boolean;
            /** @description Why it was disabled, unless its owner did that. */
            disabledReason: string | null;
            /**
             * Format: int64
             * @description Deliveries in a row that failed with all their retries.
             */
            consecutiveFailures: number;
            /** @description Until then the secret before the newest signs too. */
            previousSecretUntil: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Verifies signatures. Shown only here: keep it. */
            secret: string;
        };
        WebhookDelivery: {
            /**
             * Format: uuid
             * @description The header `webhook-id` of every attempt.
             */
            id: string;
            /** Format: uuid */
            webhookId: string;
            /** Format: uuid */
            jobId: string;
            eventType: string;
            /** @description The body, as it is sent. */
            payload: string;
            /** @enum {string} */
            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            /** Format: int64 */
            attempts: number;
            lastAttemptAt: string | null;
            /** @description Of the last attempt. */
            responseStatus: number | null;
            /** @description The first 2 KiB of its answer. */
            responseBody: string | null;
            /** @description Why it got no answer. */
            error: string | null;
            /** Format: date-time */
            createdAt: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "service.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "service": "Some text",
                     *       "version": "Some text",
                     *       "status": "ok",
                     *       "database": "ok",
                     *       "queue": "ok",
                     *       "docs": "Some text"
                     *     }
                     */
                    "application/json": {
                        service: string;
                        version: string;
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        /** @enum {string} */
                        database: "ok" | "degraded" | "down";
                        /** @enum {string} */
                        queue: "ok" | "degraded" | "down";
                        docs: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "health.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "checks": {
                     *         "database": {
                     *           "status": "ok"
                     *         },
                     *         "queue": {
                     *           "status": "ok"
                     *         },
                     *         "storage": {
                     *           "status": "ok"
                     *         },
                     *         "live": {
                     *           "status": "ok"
                     *         }
                     *       },
                     *       "version": "Some text",
                     *       "uptime": 1
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        checks: {
                            database: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                            };
                            queue: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                pendingJobs?: number;
                                /** Format: int64 */
                                workers?: number;
                                /** @description Their jobs wait. */
                                queuesWithoutWorker?: string[];
                                /** @description A worker serves them, jobs have been due for 15 s, and none runs or has ended meanwhile. */
                                stuckQueues?: string[];
                            };
                            storage: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                freeBytes?: number;
                            };
                            live: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                processes?: number;
                                /** Format: int64 */
                                streams?: number;
                            };
                            /** @description Where backups are scheduled. Does not count for the status of the whole. */
                            backup?: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /**
                                 * Format: int64
                                 * @description Of the newest proved backup.
                                 */
                                ageSeconds?: number;
                            };
                        };
                        version: string;
                        /** @description Seconds. */
                        uptime: number;
                    };
                };
            };
            /** @description The answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        checks: {
                            database: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                            };
                            queue: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                pendingJobs?: number;
                                /** Format: int64 */
                                workers?: number;
                                /** @description Their jobs wait. */
                                queuesWithoutWorker?: string[];
                                /** @description A worker serves them, jobs have been due for 15 s, and none runs or has ended meanwhile. */
                                stuckQueues?: string[];
                            };
                            storage: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                freeBytes?: number;
                            };
                            live: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                processes?: number;
                                /** Format: int64 */
                                streams?: number;
                            };
                            /** @description Where backups are scheduled. Does not count for the status of the whole. */
                            backup?: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /**
                                 * Format: int64
                                 * @description Of the newest proved backup.
                                 */
                                ageSeconds?: number;
                            };
                        };
                        version: string;
                        /** @description Seconds. */
                        uptime: number;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "health.db": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "primary": {
                     *         "breaker": "closed",
                     *         "pool": {
                     *           "total": 1,
                     *           "idle": 1,
                     *           "waiting": 1
                     *         }
                     *       },
                     *       "replicas": [
                     *         {
                     *           "name": "Ada Lovelace",
                     *           "status": "up",
                     *           "lagMs": 1,
                     *           "replayedLsn": "Some text",
                     *           "breaker": "closed",
                     *           "pool": {
                     *             "total": 1,
                     *             "idle": 1,
                     *             "waiting": 1
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        /** @description Milliseconds. */
                        latency?: number;
                        message?: string;
                        primary: {
                            /** @enum {string} */
                            breaker: "closed" | "open";
                            pool: {
                                /** Format: int64 */
                                total: number;
                                /** Format: int64 */
                                idle: number;
                                /** Format: int64 */
                                waiting: number;
                            };
                        };
                        /** @description Empty without DATABASE_REPLICA_URLS. */
                        replicas: {
                            /** @description Which of DATABASE_REPLICA_URLS, the first being replica-1. */
                            name: string;
                            /**
                             * @description Only one that is up is read from.
                             * @enum {string}
                             */
                            status: "up" | "lagging" | "down";
                            /** @description How old the state is that it shows; null while that is not known. */
                            lagMs: number | null;
                            /** @description Why it is down. */
                            message?: string;
                            /** @description How far it has replayed the WAL. */
                            replayedLsn: string | null;
                            /** @enum {string} */
                            breaker: "closed" | "open";
                            pool: {
                                /** Format: int64 */
                                total: number;
                                /** Format: int64 */
                                idle: number;
                                /** Format: int64 */
                                waiting: number;
                            };
                        }[];
                    };
                };
            };
            /** @description The answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        /** @description Milliseconds. */
                        latency?: number;
                        message?: string;
                        primary: {
                            /** @enum {string} */
                            breaker: "closed" | "open";
                            pool: {
                                /** Format: int64 */
                                total: number;
                                /** Format: int64 */
                                idle: number;
                                /** Format: int64 */
                                waiting: number;
                            };
                        };
                        /** @description Empty without DATABASE_REPLICA_URLS. */
                        replicas: {
                            /** @description Which of DATABASE_REPLICA_URLS, the first being replica-1. */
                            name: string;
                            /**
                             * @description Only one that is up is read from.
                             * @enum {string}
                             */
                            status: "up" | "lagging" | "down";
                            /** @description How old the state is that it shows; null while that is not known. */
                            lagMs: number | null;
                            /** @description Why it is down. */
                            message?: string;
                            /** @description How far it has replayed the WAL. */
                            replayedLsn: string | null;
                            /** @enum {string} */
                            breaker: "closed" | "open";
                            pool: {
                                /** Format: int64 */
                                total: number;
                                /** Format: int64 */
                                idle: number;
                                /** Format: int64 */
                                waiting: number;
                            };
                        }[];
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "health.live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "health.ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "checks": {
                     *         "database": {
                     *           "status": "ok"
                     *         },
                     *         "queue": {
                     *           "status": "ok"
                     *         },
                     *         "storage": {
                     *           "status": "ok"
                     *         },
                     *         "live": {
                     *           "status": "ok"
                     *         }
                     *       },
                     *       "version": "Some text",
                     *       "uptime": 1
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        checks: {
                            database: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                            };
                            queue: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                pendingJobs?: number;
                                /** Format: int64 */
                                workers?: number;
                                /** @description Their jobs wait. */
                                queuesWithoutWorker?: string[];
                                /** @description A worker serves them, jobs have been due for 15 s, and none runs or has ended meanwhile. */
                                stuckQueues?: string[];
                            };
                            storage: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                freeBytes?: number;
                            };
                            live: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                processes?: number;
                                /** Format: int64 */
                                streams?: number;
                            };
                            /** @description Where backups are scheduled. Does not count for the status of the whole. */
                            backup?: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /**
                                 * Format: int64
                                 * @description Of the newest proved backup.
                                 */
                                ageSeconds?: number;
                            };
                        };
                        version: string;
                        /** @description Seconds. */
                        uptime: number;
                    };
                };
            };
            /** @description The answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                        checks: {
                            database: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                            };
                            queue: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                pendingJobs?: number;
                                /** Format: int64 */
                                workers?: number;
                                /** @description Their jobs wait. */
                                queuesWithoutWorker?: string[];
                                /** @description A worker serves them, jobs have been due for 15 s, and none runs or has ended meanwhile. */
                                stuckQueues?: string[];
                            };
                            storage: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                freeBytes?: number;
                            };
                            live: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /** Format: int64 */
                                processes?: number;
                                /** Format: int64 */
                                streams?: number;
                            };
                            /** @description Where backups are scheduled. Does not count for the status of the whole. */
                            backup?: {
                                /** @enum {string} */
                                status: "ok" | "degraded" | "down";
                                /** @description Milliseconds. */
                                latency?: number;
                                message?: string;
                                /**
                                 * Format: int64
                                 * @description Of the newest proved backup.
                                 */
                                ageSeconds?: number;
                            };
                        };
                        version: string;
                        /** @description Seconds. */
                        uptime: number;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "health.startup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                    };
                };
            };
            /** @description The answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "degraded" | "down";
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refreshToken": "Some text"
                 *     }
                 */
                "application/json": {
                    refreshToken: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "role": "viewer",
                     *         "emailVerified": true,
                     *         "disabled": true,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["User"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse 42",
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.com
                     */
                    email: string;
                    /** Format: password */
                    password: string;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse 42",
                 *       "name": "Ada Lovelace",
                 *       "token": "Some text"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.com
                     */
                    email: string;
                    /** Format: password */
                    password: string;
                    name?: string;
                    token: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.com
                     */
                    email: string;
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "code": "TOTP_REQUIRED",
                     *         "challengeToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @enum {string} */
                            code: "TOTP_REQUIRED";
                            /** @description For `auth/login/totp`, with a code. */
                            challengeToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.loginTotp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "challengeToken": "the token that the login answered",
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    challengeToken: string;
                    /** @description The six digits that the app shows. Each works once. */
                    code?: string;
                    /** @description One of the recovery codes. */
                    recoveryCode?: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.changePassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "currentPassword": "correct horse 42",
                 *       "newPassword": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: password
                     * @description Left out by who has none yet, as after a sign-in by a provider: that takes a recent proof.
                     */
                    currentPassword?: string;
                    /** Format: password */
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.forgotPassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.com
                     */
                    email: string;
                };
            };
        };
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.resetPassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "Some text",
                 *       "password": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    token: string;
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.verifyEmail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "Some text",
                 *       "password": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    token: string;
                    /**
                     * Format: password
                     * @description The password of the account. Left out by who is signed in to it.
                     */
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "role": "viewer",
                     *         "emailVerified": true,
                     *         "disabled": true,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["User"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.verifyEmailResend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "ended": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: int64
                             * @description How many sessions.
                             */
                            ended: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.reauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    /** Format: password */
                    password?: string;
                    /** @description The six digits that the app shows. Each works once. */
                    code?: string;
                    /** @description One of the recovery codes. */
                    recoveryCode?: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: int64
                             * @description Seconds for which the proof is good.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.sessions": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "current": true,
                     *           "device": "Some text",
                     *           "address": "Some text",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *           "expiresAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Session"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.deleteSessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "ended": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: int64
                             * @description How many sessions.
                             */
                            ended: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.deleteSession": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "ended": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: int64
                             * @description How many sessions.
                             */
                            ended: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "enabled": true,
                     *         "enabledAt": "2026-05-01T12:00:00.000Z",
                     *         "recoveryCodesLeft": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            enabled: boolean;
                            enabledAt: string | null;
                            /** Format: int64 */
                            recoveryCodesLeft: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.createTotp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "secret": "Some text",
                     *         "otpauthUri": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @description In base 32, to be typed into an app. Shown only here. */
                            secret: string;
                            /** @description The same for a QR code. */
                            otpauthUri: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.deleteTotp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.totpConfirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description The six digits that the app shows. Each works once. */
                    code: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recoveryCodes": [
                     *           "Some text"
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @description Each replaces a code once. Shown only here: keep them. */
                            recoveryCodes: string[];
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.totpRecoveryCodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "recoveryCodes": [
                     *           "Some text"
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @description Each replaces a code once. Shown only here: keep them. */
                            recoveryCodes: string[];
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.passkeysOptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "rp": {
                     *           "id": "Some text",
                     *           "name": "Ada Lovelace"
                     *         },
                     *         "user": {
                     *           "id": "Some text",
                     *           "name": "Ada Lovelace",
                     *           "displayName": "Some text"
                     *         },
                     *         "challenge": "Some text",
                     *         "pubKeyCredParams": [
                     *           {
                     *             "type": "public-key",
                     *             "alg": 1
                     *           }
                     *         ],
                     *         "timeout": 1,
                     *         "excludeCredentials": [
                     *           {
                     *             "id": "Some text",
                     *             "type": "public-key",
                     *             "transports": [
                     *               "Some text"
                     *             ]
                     *           }
                     *         ],
                     *         "authenticatorSelection": {
                     *           "residentKey": "required",
                     *           "requireResidentKey": true,
                     *           "userVerification": "preferred"
                     *         },
                     *         "attestation": "none"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description For `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
                        data: {
                            rp: {
                                id: string;
                                name: string;
                            };
                            user: {
                                id: string;
                                name: string;
                                displayName: string;
                            };
                            challenge: string;
                            pubKeyCredParams: {
                                /** @enum {string} */
                                type: "public-key";
                                /** Format: int64 */
                                alg: number;
                            }[];
                            /**
                             * Format: int64
                             * @description Milliseconds.
                             */
                            timeout: number;
                            excludeCredentials: {
                                id: string;
                                /** @enum {string} */
                                type: "public-key";
                                transports: string[];
                            }[];
                            authenticatorSelection: {
                                /** @enum {string} */
                                residentKey: "required";
                                /** @enum {boolean} */
                                requireResidentKey: true;
                                /** @enum {string} */
                                userVerification: "preferred";
                            };
                            /** @enum {string} */
                            attestation: "none";
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.passkeys": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "name": "Ada Lovelace",
                     *           "backedUp": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "lastUsedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Passkey"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.createPasskey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "credential": {
                 *         "id": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *         "type": "public-key",
                 *         "response": {
                 *           "clientDataJSON": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *           "attestationObject": "AQIDBAUGBwgJCgsMDQ4PEA"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** @description What `navigator.credentials.create()` gave, as `toJSON()` writes it. */
                    credential: {
                        id: string;
                        /** @enum {string} */
                        type: "public-key";
                        response: {
                            /** @description The `clientDataJSON`. */
                            clientDataJSON: string;
                            attestationObject: string;
                            /** @default [] */
                            transports?: string[];
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "backedUp": true,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Passkey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.deletePasskey": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.updatePasskey": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "backedUp": true,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Passkey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.passkeysSignInOptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "challenge": "Some text",
                     *         "rpId": "Some text",
                     *         "timeout": 1,
                     *         "allowCredentials": [
                     *           {
                     *             "id": "Some text",
                     *             "type": "public-key",
                     *             "transports": [
                     *               "Some text"
                     *             ]
                     *           }
                     *         ],
                     *         "userVerification": "preferred"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description For `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
                        data: {
                            challenge: string;
                            rpId: string;
                            /**
                             * Format: int64
                             * @description Milliseconds.
                             */
                            timeout: number;
                            allowCredentials: {
                                id: string;
                                /** @enum {string} */
                                type: "public-key";
                                transports: string[];
                            }[];
                            /** @enum {string} */
                            userVerification: "preferred";
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.passkeysSignIn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credential": {
                 *         "id": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *         "type": "public-key",
                 *         "response": {
                 *           "clientDataJSON": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *           "authenticatorData": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *           "signature": "AQIDBAUGBwgJCgsMDQ4PEA"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description What `navigator.credentials.get()` gave, as `toJSON()` writes it. */
                    credential: {
                        id: string;
                        /** @enum {string} */
                        type: "public-key";
                        response: {
                            /** @description The `clientDataJSON`. */
                            clientDataJSON: string;
                            authenticatorData: string;
                            signature: string;
                            userHandle?: string | null;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "code": "TOTP_REQUIRED",
                     *         "challengeToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @enum {string} */
                            code: "TOTP_REQUIRED";
                            /** @description For `auth/login/totp`, with a code. */
                            challengeToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.passkeysReauthenticateOptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "challenge": "Some text",
                     *         "rpId": "Some text",
                     *         "timeout": 1,
                     *         "allowCredentials": [
                     *           {
                     *             "id": "Some text",
                     *             "type": "public-key",
                     *             "transports": [
                     *               "Some text"
                     *             ]
                     *           }
                     *         ],
                     *         "userVerification": "preferred"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description For `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
                        data: {
                            challenge: string;
                            rpId: string;
                            /**
                             * Format: int64
                             * @description Milliseconds.
                             */
                            timeout: number;
                            allowCredentials: {
                                id: string;
                                /** @enum {string} */
                                type: "public-key";
                                transports: string[];
                            }[];
                            /** @enum {string} */
                            userVerification: "preferred";
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.passkeysReauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credential": {
                 *         "id": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *         "type": "public-key",
                 *         "response": {
                 *           "clientDataJSON": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *           "authenticatorData": "AQIDBAUGBwgJCgsMDQ4PEA",
                 *           "signature": "AQIDBAUGBwgJCgsMDQ4PEA"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description What `navigator.credentials.get()` gave, as `toJSON()` writes it. */
                    credential: {
                        id: string;
                        /** @enum {string} */
                        type: "public-key";
                        response: {
                            /** @description The `clientDataJSON`. */
                            clientDataJSON: string;
                            authenticatorData: string;
                            signature: string;
                            userHandle?: string | null;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: int64
                             * @description Seconds for which the proof is good.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.oauth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "name": "Ada Lovelace",
                     *           "label": "Some text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @description What stands in the addresses. */
                            name: string;
                            /** @description For a button. */
                            label: string;
                        }[];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.getOauth": {
        parameters: {
            query?: {
                /** @description Where the browser goes in the end: a path of this server, or an address at its origin or one of CORS_ORIGINS. */
                returnTo?: string;
                /** @description For apps that keep tokens: the S256 of a verifier. `returnTo` is given a `code` for `auth/oauth/exchange`. */
                codeChallenge?: string;
            };
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the provider. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.oauthCallback": {
        parameters: {
            query?: {
                state?: string;
                code?: string;
                /** @description The provider by its own word (RFC 9207). */
                iss?: string;
                error?: string;
                error_description?: string;
            };
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example Some text */
                    "application/json": string;
                };
            };
            /** @description To `returnTo`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.oauthExchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456",
                 *       "codeVerifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
                 *     }
                 */
                "application/json": {
                    code: string;
                    codeVerifier: string;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "user": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace",
                     *           "role": "viewer",
                     *           "emailVerified": true,
                     *           "disabled": true,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         },
                     *         "accessToken": "Some text",
                     *         "refreshToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            user: components["schemas"]["User"];
                            /** @description A JWT for `Authorization: Bearer`. */
                            accessToken: string;
                            /** @description Gives the next pair at `auth/refresh`, once. */
                            refreshToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the access token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "code": "TOTP_REQUIRED",
                     *         "challengeToken": "Some text",
                     *         "expiresIn": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @enum {string} */
                            code: "TOTP_REQUIRED";
                            /** @description For `auth/login/totp`, with a code. */
                            challengeToken: string;
                            /**
                             * Format: int64
                             * @description Seconds until the token expires.
                             */
                            expiresIn: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "provider": "google",
                     *           "email": "ada@example.com",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "lastUsedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Identity"][];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.deleteIdentitie": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {}
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: Record<string, never>;
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.oauthLink": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "returnTo": "Some text"
                 *     }
                 */
                "application/json": {
                    /** @description Where the browser goes in the end: a path of this server, or an address at its origin or one of CORS_ORIGINS. */
                    returnTo?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "url": "https://example.com/hooks/backlot"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: uri
                             * @description Where to send this browser, which has been given a cookie for the way back.
                             */
                            url: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.oauthReauthenticate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "returnTo": "Some text"
                 *     }
                 */
                "application/json": {
                    /** @description Where the browser goes in the end: a path of this server, or an address at its origin or one of CORS_ORIGINS. */
                    returnTo?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "url": "https://example.com/hooks/backlot"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: uri
                             * @description Where to send this browser, which has been given a cookie for the way back.
                             */
                            url: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "apiKeys.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "name": "Ada Lovelace",
                     *           "prefix": "Some text",
                     *           "scopes": [
                     *             "users:read"
                     *           ],
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "expiresAt": "2026-05-01T12:00:00.000Z",
                     *           "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *           "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *           "revokedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApiKey"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "apiKeys.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "scopes": [
                 *         "users:read"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description What it is for. */
                    name: string;
                    /** @description What the key may do: names of permissions, such as `generations:create`. */
                    scopes: ("users:read" | "users:create" | "users:update" | "users:delete" | "generations:create" | "generations:read" | "generations:update" | "generations:delete" | "datasets:create" | "datasets:read" | "datasets:delete" | "exports:create" | "exports:read" | "exports:delete" | "files:create" | "files:read" | "files:delete" | "jobs:read" | "jobs:update" | "notifications:read" | "posts:create" | "posts:read" | "posts:update" | "posts:delete" | "projects:create" | "projects:read" | "projects:update" | "projects:delete" | "reports:create" | "reports:read" | "reports:delete" | "syncs:create" | "syncs:read" | "syncs:update" | "syncs:delete" | "webhooks:create" | "webhooks:read" | "webhooks:update" | "webhooks:delete" | "queues:read" | "queues:update" | "schedules:read" | "audit:read" | "flags:read" | "flags:update" | "settings:read" | "settings:update")[];
                    /** @description Null for a key that does not expire. */
                    expiresAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "prefix": "Some text",
                     *         "scopes": [
                     *           "users:read"
                     *         ],
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "revokedAt": "2026-05-01T12:00:00.000Z",
                     *         "apiKey": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApiKeyWithSecret"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "apiKeys.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overlapHours": 24
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: int32
                     * @description How long the secret that is replaced works on.
                     * @default 24
                     */
                    overlapHours?: number;
                } | null;
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "prefix": "Some text",
                     *         "scopes": [
                     *           "users:read"
                     *         ],
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "revokedAt": "2026-05-01T12:00:00.000Z",
                     *         "apiKey": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApiKeyWithSecret"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "apiKeys.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "prefix": "Some text",
                     *         "scopes": [
                     *           "users:read"
                     *         ],
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "revokedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApiKey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "apiKeys.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "prefix": "Some text",
                     *         "scopes": [
                     *           "users:read"
                     *         ],
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "revokedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApiKey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "apiKeys.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    /** @description What it is for. */
                    name?: string;
                    /** @description What the key may do: names of permissions, such as `generations:create`. */
                    scopes?: ("users:read" | "users:create" | "users:update" | "users:delete" | "generations:create" | "generations:read" | "generations:update" | "generations:delete" | "datasets:create" | "datasets:read" | "datasets:delete" | "exports:create" | "exports:read" | "exports:delete" | "files:create" | "files:read" | "files:delete" | "jobs:read" | "jobs:update" | "notifications:read" | "posts:create" | "posts:read" | "posts:update" | "posts:delete" | "projects:create" | "projects:read" | "projects:update" | "projects:delete" | "reports:create" | "reports:read" | "reports:delete" | "syncs:create" | "syncs:read" | "syncs:update" | "syncs:delete" | "webhooks:create" | "webhooks:read" | "webhooks:update" | "webhooks:delete" | "queues:read" | "queues:update" | "schedules:read" | "audit:read" | "flags:read" | "flags:update" | "settings:read" | "settings:update")[];
                    /** @description Null for a key that does not expire. */
                    expiresAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "prefix": "Some text",
                     *         "scopes": [
                     *           "users:read"
                     *         ],
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "lastUsedAt": "2026-05-01T12:00:00.000Z",
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "revokedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApiKey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                /** @description A user, himself or by a key of his. */
                actorId?: string;
                actorKind?: "user" | "api-key" | "anonymous" | "operator" | "system";
                /** @description An API key. */
                keyId?: string;
                action?: "auth:sign-up" | "auth:challenge" | "auth:sign-in" | "auth:sign-out" | "auth:reauthenticate" | "auth:refresh-reuse" | "sessions:revoke" | "passwords:change" | "passwords:reset" | "emails:confirm" | "second-factors:set" | "second-factors:remove" | "recovery-codes:renew" | "identities:link" | "identities:unlink" | "passkeys:create" | "passkeys:delete" | "api-keys:create" | "api-keys:update" | "api-keys:rotate" | "api-keys:revoke" | "users:create" | "users:update" | "users:delete" | "posts:delete" | "projects:delete" | "projects:rotate-stream-key" | "destinations:delete" | "generations:delete" | "files:delete" | "datasets:delete" | "webhooks:create" | "webhooks:update" | "webhooks:delete" | "webhooks:rotate-secret" | "exports:create" | "exports:delete" | "reports:delete" | "syncs:delete" | "jobs:cancel" | "jobs:retry" | "flags:set" | "flags:delete" | "settings:set" | "settings:reset" | "backups:create" | "backups:restore" | "audit:remove";
                /** @description Such as `user`, `post`, `api-key`. */
                targetType?: string;
                targetId?: string;
                outcome?: "success" | "failure";
                ip?: string;
                from?: string;
                /** @description Before this instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "at": "2026-05-01T12:00:00.000Z",
                     *           "action": "Some text",
                     *           "outcome": "success",
                     *           "targetType": "Some text",
                     *           "targetId": "Some text",
                     *           "ip": "Some text",
                     *           "userAgent": "Some text",
                     *           "details": {},
                     *           "actorKind": "user",
                     *           "actorId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "apiKeyId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "requestId": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["AuditEntry"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "audit.head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "head": "Some text",
                     *         "seals": 1,
                     *         "waiting": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @description To be kept elsewhere, for `backlot audit verify --head`. */
                            head: string;
                            /**
                             * Format: int64
                             * @description How many entries there have been, removed ones included.
                             */
                            seals: number;
                            /**
                             * Format: int64
                             * @description Entries that wait for their seal.
                             */
                            waiting: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "auth.activity": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "at": "2026-05-01T12:00:00.000Z",
                     *           "action": "Some text",
                     *           "outcome": "success",
                     *           "targetType": "Some text",
                     *           "targetId": "Some text",
                     *           "ip": "Some text",
                     *           "userAgent": "Some text",
                     *           "details": {},
                     *           "by": "you",
                     *           "apiKeyId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Activity"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "users.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                /** @description How many to skip. In place of `cursor`, which is faster and stays true while rows are added. */
                offset?: number;
                /** @description A part of the e-mail address or name. */
                q?: string;
                role?: "viewer" | "user" | "manager" | "admin";
                disabled?: boolean;
                /** @description A minus turns the order around. Whoever has no name comes before all names. */
                sort?: "createdAt" | "-createdAt" | "name" | "-name" | "email" | "-email";
                /** @description Only these, with commas between. All when left out. */
                fields?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "email": "ada@example.com",
                     *           "name": "Ada Lovelace"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ShownUser"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "users.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "name": "Ada Lovelace",
                 *       "password": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.com
                     */
                    email: string;
                    name?: string;
                    /**
                     * @default user
                     * @enum {string}
                     */
                    role?: "viewer" | "user" | "manager" | "admin";
                    /**
                     * Format: password
                     * @description Without it the user is sent an invitation with a link for choosing one.
                     */
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "role": "viewer",
                     *         "emailVerified": true,
                     *         "disabled": true,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["User"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "users.get": {
        parameters: {
            query?: {
                /** @description Only these, with commas between. All when left out. */
                fields?: string;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ShownUser"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "users.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse 42"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: password
                     * @description Your own, when you delete your own account.
                     */
                    password?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            id: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "users.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /**
                     * @description Only admins, and not their own.
                     * @enum {string}
                     */
                    role?: "viewer" | "user" | "manager" | "admin";
                    /** @description Only admins, and not themselves. Ends all sessions. */
                    disabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "role": "viewer",
                     *         "emailVerified": true,
                     *         "disabled": true,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["User"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "jobs.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                status?: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                queue?: "emails" | "uploads" | "small-generation" | "generation" | "small-export" | "export" | "images" | "recordings" | "sync" | "reports" | "publishing" | "webhooks";
                type?: string;
                /** @description Another user's jobs: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "type": "Some text",
                     *           "queue": "Some text",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "status": "pending",
                     *           "progress": 1,
                     *           "progressMessage": "Some text",
                     *           "cancelRequested": true,
                     *           "attempts": 1,
                     *           "result": null,
                     *           "resultUri": "Some text",
                     *           "errorCode": "Some text",
                     *           "errorMessage": "Some text",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z",
                     *           "startedAt": "2026-05-01T12:00:00.000Z",
                     *           "finishedAt": "2026-05-01T12:00:00.000Z",
                     *           "statusUrl": "Some text",
                     *           "eventsUrl": "Some text",
                     *           "cancelUrl": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Job"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "jobs.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "type": "Some text",
                     *         "queue": "Some text",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "progress": 1,
                     *         "progressMessage": "Some text",
                     *         "cancelRequested": true,
                     *         "attempts": 1,
                     *         "result": null,
                     *         "resultUri": "Some text",
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "startedAt": "2026-05-01T12:00:00.000Z",
                     *         "finishedAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Job"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "jobs.status": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "type": "Some text",
                     *         "status": "pending",
                     *         "progress": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            type: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            progress: number;
                            resultUri?: string;
                            errorMessage?: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "jobs.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "type": "Some text",
                     *         "queue": "Some text",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "progress": 1,
                     *         "progressMessage": "Some text",
                     *         "cancelRequested": true,
                     *         "attempts": 1,
                     *         "result": null,
                     *         "resultUri": "Some text",
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "startedAt": "2026-05-01T12:00:00.000Z",
                     *         "finishedAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Job"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "jobs.retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "type": "Some text",
                     *         "queue": "Some text",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "progress": 1,
                     *         "progressMessage": "Some text",
                     *         "cancelRequested": true,
                     *         "attempts": 1,
                     *         "result": null,
                     *         "resultUri": "Some text",
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "startedAt": "2026-05-01T12:00:00.000Z",
                     *         "finishedAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Job"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "jobs.events": {
        parameters: {
            query?: never;
            header?: {
                /** @description The newest event that the client has seen. */
                "last-event-id"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-Sent Events, with this as the data of each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["JobEvent"];
                };
            };
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "name": "Ada Lovelace",
                     *           "everySeconds": 1,
                     *           "nextRunAt": "2026-05-01T12:00:00.000Z",
                     *           "runningOn": "Some text",
                     *           "lastStartedAt": "2026-05-01T12:00:00.000Z",
                     *           "lastFinishedAt": "2026-05-01T12:00:00.000Z",
                     *           "lastTotal": 1,
                     *           "lastError": "Some text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Schedule"][];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "uploads.presigned": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "document",
                 *       "name": "notes.txt",
                 *       "contentType": "text/plain",
                 *       "sizeBytes": 1024
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    kind: "profile-image" | "image" | "document" | "table" | "video";
                    /** @description How the file is called when it is downloaded. */
                    name: string;
                    /** @description One of those that the kind takes. */
                    contentType: string;
                    /**
                     * Format: int64
                     * @description The exact size.
                     */
                    sizeBytes: number;
                    /** @description When given, only content with this hash is taken. */
                    sha256?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "uploadId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "method": "PUT",
                     *         "headers": {},
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "maxBytes": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            uploadId: string;
                            /**
                             * Format: uri
                             * @description Send the bytes here, in the body, once.
                             */
                            url: string;
                            /** @enum {string} */
                            method: "PUT";
                            /** @description To be sent with the bytes. */
                            headers: {
                                [key: string]: string;
                            };
                            /** Format: date-time */
                            expiresAt: string;
                            /** Format: int64 */
                            maxBytes: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "uploads.confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "uploadId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                 *     }
                 */
                "application/json": {
                    /** Format: uuid */
                    uploadId: string;
                };
            };
        };
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "file": {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "kind": "profile-image",
                     *           "name": "Ada Lovelace",
                     *           "status": "pending",
                     *           "contentType": "Some text",
                     *           "sizeBytes": 1,
                     *           "sha256": "Some text",
                     *           "metadata": {
                     *             "width": 1
                     *           },
                     *           "url": "https://example.com/hooks/backlot",
                     *           "thumbnailUrl": "https://example.com/",
                     *           "error": {
                     *             "code": "123456",
                     *             "message": "Some text"
                     *           },
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            file: components["schemas"]["File"];
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                kind?: "profile-image" | "image" | "document" | "table" | "video" | "generated" | "export" | "recording" | "report";
                status?: "pending" | "processing" | "ready" | "failed";
                /** @description Another user's files: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "kind": "profile-image",
                     *           "name": "Ada Lovelace",
                     *           "status": "pending",
                     *           "contentType": "Some text",
                     *           "sizeBytes": 1,
                     *           "sha256": "Some text",
                     *           "metadata": {
                     *             "width": 1
                     *           },
                     *           "url": "https://example.com/hooks/backlot",
                     *           "thumbnailUrl": "https://example.com/",
                     *           "error": {
                     *             "code": "123456",
                     *             "message": "Some text"
                     *           },
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["File"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "kind": "profile-image",
                     *         "name": "Ada Lovelace",
                     *         "status": "pending",
                     *         "contentType": "Some text",
                     *         "sizeBytes": 1,
                     *         "sha256": "Some text",
                     *         "metadata": {
                     *           "width": 1
                     *         },
                     *         "url": "https://example.com/hooks/backlot",
                     *         "thumbnailUrl": "https://example.com/",
                     *         "error": {
                     *           "code": "123456",
                     *           "message": "Some text"
                     *         },
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["File"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.content": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.headContent": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": Blob;
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.imageUrl": {
        parameters: {
            query?: {
                /** @description Pixels, rounded up to one of 16, 32, 64, 96, 128, 192, 256, 384, 512, 640, 768, 1024, 1280, 1536, 2048, 3072, 4096. */
                w?: number;
                /** @description The same. Without one of the two, it follows from the other. */
                h?: number;
                /** @description `cover` fills the box and cuts what stands out; `contain` fills it up; `inside` does neither. */
                fit?: "cover" | "contain" | "inside";
                /** @description `auto`: AVIF or WebP where the request's `Accept` names it; else PNG for what is transparent, or JPEG. */
                format?: "jpeg" | "webp" | "avif" | "png" | "auto";
                /** @description Rounded up to one of 30, 50, 65, 80, 90; above, to the last. PNG has none. */
                quality?: number;
                expiresInSeconds?: number;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "url": "https://example.com/hooks/backlot",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "w": 1,
                     *         "h": 1,
                     *         "quality": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /**
                             * Format: uri
                             * @description GET it, as it is, without signing in.
                             */
                            url: string;
                            /** Format: date-time */
                            expiresAt: string;
                            /** @description As rounded. */
                            w: number | null;
                            /** @description As rounded. */
                            h: number | null;
                            /**
                             * Format: int64
                             * @description As rounded.
                             */
                            quality: number;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.image": {
        parameters: {
            query?: {
                w?: string;
                h?: string;
                fit?: string;
                format?: string;
                quality?: string;
                expires?: string;
                /** @description Covers all of the query. */
                signature?: string;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "files.headImage": {
        parameters: {
            query?: {
                w?: string;
                h?: string;
                fit?: string;
                format?: string;
                quality?: string;
                expires?: string;
                /** @description Covers all of the query. */
                signature?: string;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "uploads.tus": {
        parameters: {
            query?: never;
            header?: {
                /** @description `1.0.0`. */
                "tus-resumable"?: string;
                /** @description The exact size in bytes. */
                "upload-length"?: string;
                /** @description `filename`, `filetype` (a content type that the kind takes) and `kind`, each in Base64. */
                "upload-metadata"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Opened, at its `Location`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "uploads.deleteTu": {
        parameters: {
            query?: never;
            header?: {
                /** @description `1.0.0`. */
                "tus-resumable"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "uploads.updateTu": {
        parameters: {
            query?: never;
            header?: {
                /** @description `1.0.0`. */
                "tus-resumable"?: string;
                /** @description As the last answer told it. */
                "upload-offset"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `Upload-Offset` tells how far it is. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                status?: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                style?: "photorealistic" | "cartoon" | "anime" | "pixel-art" | "oil-painting" | "watercolor" | "sketch" | "noir";
                /** @description Part of the prompt. */
                q?: string;
                /** @description Another user's generations: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "status": "pending",
                     *           "prompt": "a meadow in spring",
                     *           "style": "photorealistic",
                     *           "seed": 1,
                     *           "strength": 1,
                     *           "size": "Some text",
                     *           "inputFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "maskFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "provider": "google",
                     *           "model": "Some text",
                     *           "durationMs": 1,
                     *           "result": {
                     *             "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *             "url": "https://example.com/hooks/backlot",
                     *             "thumbnailUrl": "Some text",
                     *             "contentType": "Some text",
                     *             "sizeBytes": 1,
                     *             "width": 1,
                     *             "height": 1
                     *           },
                     *           "errorCode": "Some text",
                     *           "errorMessage": "Some text",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z",
                     *           "statusUrl": "Some text",
                     *           "eventsUrl": "Some text",
                     *           "cancelUrl": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Generation"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the end of the job. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "prompt": "a meadow in spring",
                 *       "style": "photorealistic"
                 *     }
                 */
                "application/json": {
                    prompt: string;
                    /** @enum {string} */
                    style: "photorealistic" | "cartoon" | "anime" | "pixel-art" | "oil-painting" | "watercolor" | "sketch" | "noir";
                    /**
                     * Format: uuid
                     * @description A file of yours to work on. Without one the prompt and the seed draw a picture.
                     */
                    fileId?: string;
                    /**
                     * Format: int64
                     * @description The same input and seed give the same picture (provider `local`).
                     */
                    seed?: number;
                    /**
                     * @description 0 leaves the photo as it is, 1 is all style.
                     * @default 1
                     */
                    strength?: number;
                    size?: string;
                    /** @description Provider `onnx`: a model of `GET /generations/models`; by default the one named as the style. */
                    model?: string;
                };
                "multipart/form-data": {
                    prompt: string;
                    /** @enum {string} */
                    style: "photorealistic" | "cartoon" | "anime" | "pixel-art" | "oil-painting" | "watercolor" | "sketch" | "noir";
                    /**
                     * Format: uuid
                     * @description A file of yours to work on. Without one the prompt and the seed draw a picture.
                     */
                    fileId?: string;
                    /**
                     * Format: int64
                     * @description The same input and seed give the same picture (provider `local`).
                     */
                    seed?: number;
                    /**
                     * @description 0 leaves the photo as it is, 1 is all style.
                     * @default 1
                     */
                    strength?: number;
                    size?: string;
                    /** @description Provider `onnx`: a model of `GET /generations/models`; by default the one named as the style. */
                    model?: string;
                } & {
                    /** Format: binary */
                    image?: Blob;
                };
            };
        };
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "generationId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            generationId: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.styles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "name": "photorealistic",
                     *           "description": "Some text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @enum {string} */
                            name: "photorealistic" | "cartoon" | "anime" | "pixel-art" | "oil-painting" | "watercolor" | "sketch" | "noir";
                            description: string;
                        }[];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "name": "Ada Lovelace",
                     *           "description": "Some text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            name: string;
                            description: string;
                        }[];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "prompt": "a meadow in spring",
                     *         "style": "photorealistic",
                     *         "seed": 1,
                     *         "strength": 1,
                     *         "size": "Some text",
                     *         "inputFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "maskFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "provider": "google",
                     *         "model": "Some text",
                     *         "durationMs": 1,
                     *         "result": {
                     *           "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "url": "https://example.com/hooks/backlot",
                     *           "thumbnailUrl": "Some text",
                     *           "contentType": "Some text",
                     *           "sizeBytes": 1,
                     *           "width": 1,
                     *           "height": 1
                     *         },
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Generation"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "prompt": "a meadow in spring",
                     *         "style": "photorealistic",
                     *         "seed": 1,
                     *         "strength": 1,
                     *         "size": "Some text",
                     *         "inputFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "maskFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "provider": "google",
                     *         "model": "Some text",
                     *         "durationMs": 1,
                     *         "result": {
                     *           "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "url": "https://example.com/hooks/backlot",
                     *           "thumbnailUrl": "Some text",
                     *           "contentType": "Some text",
                     *           "sizeBytes": 1,
                     *           "width": 1,
                     *           "height": 1
                     *         },
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Generation"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "generations.retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "prompt": "a meadow in spring",
                     *         "style": "photorealistic",
                     *         "seed": 1,
                     *         "strength": 1,
                     *         "size": "Some text",
                     *         "inputFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "maskFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "provider": "google",
                     *         "model": "Some text",
                     *         "durationMs": 1,
                     *         "result": {
                     *           "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "url": "https://example.com/hooks/backlot",
                     *           "thumbnailUrl": "Some text",
                     *           "contentType": "Some text",
                     *           "sizeBytes": 1,
                     *           "width": 1,
                     *           "height": 1
                     *         },
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Generation"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "images.generations": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the pictures; 55 without. */
                prefer?: string;
                /** @description How many times the client has repeated this request; the `openai` client counts by itself. */
                "x-stainless-retry-count"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "prompt": "a meadow in spring"
                 *     }
                 */
                "application/json": {
                    prompt: string;
                    /** @description `GET /v1/models` lists them; `backlot` when left out. */
                    model?: string | null;
                    n?: number | null;
                    size?: string | null;
                    /** @description `png` when left out. */
                    output_format?: ("png" | "jpeg" | "webp") | null;
                    /** @description The quality of JPEG and WebP. */
                    output_compression?: number | null;
                    /** @description `b64_json` when left out. A URL is signed, and good for an hour. */
                    response_format?: ("b64_json" | "url") | null;
                    /** @description Taken, and changes nothing. */
                    quality?: ("auto" | "low" | "medium" | "high" | "xhigh" | "max" | "standard" | "hd") | null;
                    background?: ("auto" | "opaque") | null;
                    stream?: false | null;
                    partial_images?: 0 | null;
                    /** @description Taken, and not kept. */
                    user?: string | null;
                    /** @description Taken, and not kept. */
                    safety_identifier?: string | null;
                    /** @description One of Backlot's styles goes before the model's. `vivid` and `natural` change nothing. */
                    style?: ("photorealistic" | "cartoon" | "anime" | "pixel-art" | "oil-painting" | "watercolor" | "sketch" | "noir" | "vivid" | "natural") | null;
                    /** @description Taken, and changes nothing. */
                    moderation?: ("auto" | "low") | null;
                };
            };
        };
        responses: {
            /** @description The pictures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created": 1,
                     *       "output_format": "png",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1,
                     *         "total_tokens": 1,
                     *         "input_tokens_details": {
                     *           "text_tokens": 1,
                     *           "image_tokens": 1
                     *         }
                     *       },
                     *       "data": [
                     *         {
                     *           "url": "https://example.com/hooks/backlot"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["OpenAiImages"];
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    "images.edits": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the pictures; 55 without. */
                prefer?: string;
                /** @description How many times the client has repeated this request; the `openai` client counts by itself. */
                "x-stainless-retry-count"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    prompt: string;
                    /** @description `GET /v1/models` lists them; `backlot` when left out. */
                    model?: string | null;
                    n?: number | null;
                    size?: string | null;
                    /** @description `png` when left out. */
                    output_format?: ("png" | "jpeg" | "webp") | null;
                    /** @description The quality of JPEG and WebP. */
                    output_compression?: number | null;
                    /** @description `b64_json` when left out. A URL is signed, and good for an hour. */
                    response_format?: ("b64_json" | "url") | null;
                    /** @description Taken, and changes nothing. */
                    quality?: ("auto" | "low" | "medium" | "high" | "xhigh" | "max" | "standard" | "hd") | null;
                    background?: ("auto" | "opaque") | null;
                    stream?: false | null;
                    partial_images?: 0 | null;
                    /** @description Taken, and not kept. */
                    user?: string | null;
                    /** @description Taken, and not kept. */
                    safety_identifier?: string | null;
                    /** @description Taken, and changes nothing. */
                    input_fidelity?: ("high" | "low") | null;
                } & {
                    /** Format: binary */
                    image: Blob;
                    /** Format: binary */
                    mask?: Blob;
                };
            };
        };
        responses: {
            /** @description The pictures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created": 1,
                     *       "output_format": "png",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1,
                     *         "total_tokens": 1,
                     *         "input_tokens_details": {
                     *           "text_tokens": 1,
                     *           "image_tokens": 1
                     *         }
                     *       },
                     *       "data": [
                     *         {
                     *           "url": "https://example.com/hooks/backlot"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["OpenAiImages"];
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    "models.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "object": "list",
                     *       "data": [
                     *         {
                     *           "id": "Some text",
                     *           "object": "model",
                     *           "created": 1,
                     *           "owned_by": "Some text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        object: "list";
                        data: {
                            id: string;
                            /** @enum {string} */
                            object: "model";
                            /** Format: int64 */
                            created: number;
                            owned_by: string;
                        }[];
                    };
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    "models.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example Some text */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Some text",
                     *       "object": "model",
                     *       "created": 1,
                     *       "owned_by": "Some text"
                     *     }
                     */
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        object: "model";
                        /** Format: int64 */
                        created: number;
                        owned_by: string;
                    };
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description What went wrong, as the API of OpenAI tells it. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    "datasets.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the end of the job. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "People",
                 *       "count": 100,
                 *       "fields": [
                 *         {
                 *           "name": "id",
                 *           "type": "sequence"
                 *         },
                 *         {
                 *           "name": "email",
                 *           "type": "email"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /** @description The same seed and schema give the same bytes. Chosen at random when it is left out. */
                    seed?: string | number;
                    /**
                     * @default en
                     * @enum {string}
                     */
                    locale?: "en" | "de" | "fr" | "ja" | "es" | "it" | "pt_BR" | "nl" | "pl" | "sv" | "cs_CZ" | "tr" | "uk" | "ko" | "zh_CN";
                    /**
                     * Format: date-time
                     * @description What `past_date`, `future_date` and ages count from.
                     * @default 2026-01-01T00:00:00Z
                     */
                    refDate?: string;
                    tables?: {
                        name: string;
                        /** Format: int32 */
                        count: number;
                        fields: {
                            name: string;
                            /** @description One of GET /v1/generate/types. */
                            type: string;
                            /** @default {} */
                            options?: {
                                [key: string]: unknown;
                            };
                            /**
                             * @description The share of rows that have no value.
                             * @default 0
                             */
                            nullRate?: number;
                            /** @default false */
                            unique?: boolean;
                        }[];
                    }[];
                    fields?: {
                        name: string;
                        /** @description One of GET /v1/generate/types. */
                        type: string;
                        /** @default {} */
                        options?: {
                            [key: string]: unknown;
                        };
                        /**
                         * @description The share of rows that have no value.
                         * @default 0
                         */
                        nullRate?: number;
                        /** @default false */
                        unique?: boolean;
                    }[];
                    /**
                     * Format: int32
                     * @description Rows of the one table; of a preset, of its main table.
                     */
                    count?: number;
                    /** @enum {string} */
                    preset?: "users" | "products" | "orders" | "posts" | "events";
                    /**
                     * @description false: no rows are written; reading and exporting make them. They cannot be filtered or sorted.
                     * @default true
                     */
                    store?: boolean;
                };
            };
        };
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "seed": "Some text",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            datasetId: string;
                            seed: string;
                            /** Format: date-time */
                            expiresAt: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "People",
                 *       "count": 100,
                 *       "fields": [
                 *         {
                 *           "name": "id",
                 *           "type": "sequence"
                 *         },
                 *         {
                 *           "name": "email",
                 *           "type": "email"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /** @description The same seed and schema give the same bytes. Chosen at random when it is left out. */
                    seed?: string | number;
                    /**
                     * @default en
                     * @enum {string}
                     */
                    locale?: "en" | "de" | "fr" | "ja" | "es" | "it" | "pt_BR" | "nl" | "pl" | "sv" | "cs_CZ" | "tr" | "uk" | "ko" | "zh_CN";
                    /**
                     * Format: date-time
                     * @description What `past_date`, `future_date` and ages count from.
                     * @default 2026-01-01T00:00:00Z
                     */
                    refDate?: string;
                    tables?: {
                        name: string;
                        /** Format: int32 */
                        count: number;
                        fields: {
                            name: string;
                            /** @description One of GET /v1/generate/types. */
                            type: string;
                            /** @default {} */
                            options?: {
                                [key: string]: unknown;
                            };
                            /**
                             * @description The share of rows that have no value.
                             * @default 0
                             */
                            nullRate?: number;
                            /** @default false */
                            unique?: boolean;
                        }[];
                    }[];
                    fields?: {
                        name: string;
                        /** @description One of GET /v1/generate/types. */
                        type: string;
                        /** @default {} */
                        options?: {
                            [key: string]: unknown;
                        };
                        /**
                         * @description The share of rows that have no value.
                         * @default 0
                         */
                        nullRate?: number;
                        /** @default false */
                        unique?: boolean;
                    }[];
                    /**
                     * Format: int32
                     * @description Rows of the one table; of a preset, of its main table.
                     */
                    count?: number;
                    /** @enum {string} */
                    preset?: "users" | "products" | "orders" | "posts" | "events";
                    /**
                     * @description false: no rows are written; reading and exporting make them. They cannot be filtered or sorted.
                     * @default true
                     */
                    store?: boolean;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "seed": "Some text",
                     *         "refDate": "Some text",
                     *         "tables": [
                     *           {
                     *             "name": "Ada Lovelace",
                     *             "columns": [
                     *               {
                     *                 "name": "Ada Lovelace",
                     *                 "type": "boolean"
                     *               }
                     *             ],
                     *             "rows": [
                     *               {}
                     *             ]
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            seed: string;
                            refDate: string;
                            tables: {
                                name: string;
                                columns: {
                                    name: string;
                                    /** @enum {string} */
                                    type: "boolean" | "integer" | "bigint" | "double" | "numeric" | "text" | "uuid" | "date" | "time" | "timestamp" | "json";
                                }[];
                                rows: {
                                    [key: string]: unknown;
                                }[];
                            }[];
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.fieldTypes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "name": "Ada Lovelace",
                     *           "group": "ids",
                     *           "description": "Some text",
                     *           "options": null,
                     *           "example": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            name: string;
                            /** @enum {string} */
                            group: "ids" | "person" | "internet" | "address" | "company" | "commerce" | "finance" | "date and time" | "text" | "numbers" | "choice" | "structure" | "relations";
                            description: string;
                            /** @description JSON Schema of the options. */
                            options: unknown;
                            /** @description A field of this type. */
                            example: unknown;
                        }[];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "name": "Ada Lovelace",
                     *           "description": "Some text",
                     *           "tables": [
                     *             null
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            name: string;
                            description: string;
                            tables: unknown[];
                        }[];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                status?: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                /** @description Another user's datasets: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "name": "Ada Lovelace",
                     *           "origin": "generated",
                     *           "status": "pending",
                     *           "stored": true,
                     *           "rows": 1,
                     *           "bytes": 1,
                     *           "seed": "Some text",
                     *           "locale": "Some text",
                     *           "refDate": "Some text",
                     *           "engineVersion": 1,
                     *           "errorCode": "Some text",
                     *           "errorMessage": "Some text",
                     *           "expiresAt": "2026-05-01T12:00:00.000Z",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z",
                     *           "rowsUrl": "Some text",
                     *           "statusUrl": "Some text",
                     *           "eventsUrl": "Some text",
                     *           "cancelUrl": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["DatasetSummary"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "origin": "generated",
                     *         "status": "pending",
                     *         "stored": true,
                     *         "rows": 1,
                     *         "bytes": 1,
                     *         "seed": "Some text",
                     *         "locale": "Some text",
                     *         "refDate": "Some text",
                     *         "engineVersion": 1,
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "rowsUrl": "Some text",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "tables": [
                     *           {
                     *             "name": "Ada Lovelace",
                     *             "rows": 1,
                     *             "columns": [
                     *               {
                     *                 "name": "Ada Lovelace",
                     *                 "type": "boolean"
                     *               }
                     *             ],
                     *             "primaryKey": "Some text",
                     *             "foreignKeys": [
                     *               {
                     *                 "column": "Some text",
                     *                 "references": {
                     *                   "table": "Some text",
                     *                   "column": "Some text"
                     *                 }
                     *               }
                     *             ],
                     *             "importReport": {
                     *               "badRows": 1,
                     *               "samples": [
                     *                 {
                     *                   "line": 1,
                     *                   "code": "123456",
                     *                   "message": "Some text"
                     *                 }
                     *               ]
                     *             }
                     *           }
                     *         ],
                     *         "schema": null
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Dataset"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.rows": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The first one, when it is left out. */
                table?: string;
                /** @description A column; `-` in front turns the order around. Nulls come last. */
                sort?: string;
                /** @description Conditions by column, as JSON: {"country":"DE","age":{"gte":30}}. */
                where?: string;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {}
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            [key: string]: unknown;
                        }[];
                        page: {
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "exports.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the end of the job. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "resource": "posts",
                 *       "format": "csv"
                 *     }
                 */
                "application/json": {
                    /** Format: uuid */
                    datasetId?: string;
                    /**
                     * Format: uuid
                     * @description An uploaded file that was read as a dataset.
                     */
                    fileId?: string;
                    /**
                     * @description Things of yours; of everybody for those who may read them.
                     * @enum {string}
                     */
                    resource?: "audit" | "files" | "generations" | "jobs" | "posts" | "users";
                    /** @enum {string} */
                    format: "csv" | "json" | "ndjson" | "sql" | "parquet" | "xlsx";
                    /**
                     * @default none
                     * @enum {string}
                     */
                    compression?: "none" | "gzip" | "zip";
                    /** @description Only these tables of a dataset. Several in csv, ndjson or parquet make a zip. */
                    tables?: string[];
                    /** @description Only these columns, in this order. With several tables, those that have them. */
                    columns?: string[];
                    /** @description Only rows that match. Needs one table. */
                    where?: {
                        [key: string]: ((string | number | boolean) | null) | {
                            eq?: (string | number | boolean) | null;
                            ne?: (string | number | boolean) | null;
                            gt?: string | number | boolean;
                            gte?: string | number | boolean;
                            lt?: string | number | boolean;
                            lte?: string | number | boolean;
                            in?: ((string | number | boolean) | null)[];
                            /** @description Part of the text, whatever its capitals. */
                            contains?: string;
                        };
                    };
                    /**
                     * @description csv and xlsx: put an apostrophe before text that a spreadsheet would run.
                     * @default true
                     */
                    escapeFormulas?: boolean;
                };
            };
        };
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "exportId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            exportId: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "exports.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "status": "pending",
                     *           "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "resource": "Some text",
                     *           "format": "csv",
                     *           "compression": "none",
                     *           "result": {
                     *             "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *             "resultUri": "Some text",
                     *             "contentType": "Some text",
                     *             "bytes": 1,
                     *             "rows": 1,
                     *             "sha256": "Some text"
                     *           },
                     *           "errorCode": "Some text",
                     *           "errorMessage": "Some text",
                     *           "expiresAt": "2026-05-01T12:00:00.000Z",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "statusUrl": "Some text",
                     *           "eventsUrl": "Some text",
                     *           "cancelUrl": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Export"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "exports.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "resource": "Some text",
                     *         "format": "csv",
                     *         "compression": "none",
                     *         "result": {
                     *           "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "resultUri": "Some text",
                     *           "contentType": "Some text",
                     *           "bytes": 1,
                     *           "rows": 1,
                     *           "sha256": "Some text"
                     *         },
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Export"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "exports.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "reports.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "status": "pending",
                     *           "from": "2026-05-01",
                     *           "to": "2026-05-01",
                     *           "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "userId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "installation": true,
                     *           "sections": [
                     *             "generations"
                     *           ],
                     *           "result": {
                     *             "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *             "resultUri": "Some text",
                     *             "contentType": "application/pdf",
                     *             "bytes": 1,
                     *             "sha256": "Some text"
                     *           },
                     *           "errorCode": "Some text",
                     *           "errorMessage": "Some text",
                     *           "expiresAt": "2026-05-01T12:00:00.000Z",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "statusUrl": "Some text",
                     *           "eventsUrl": "Some text",
                     *           "cancelUrl": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Report"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "reports.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the end of the job. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from": "2026-05-01",
                 *       "to": "2026-05-01"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: date
                     * @description The first day, in UTC.
                     */
                    from: string;
                    /**
                     * Format: date
                     * @description The last day, in UTC: at most 366 days from the first.
                     */
                    to: string;
                    /**
                     * Format: uuid
                     * @description Of one project, in place of an account.
                     */
                    projectId?: string;
                    /**
                     * Format: uuid
                     * @description Of this account, in place of yours: for admins.
                     */
                    userId?: string;
                    /**
                     * @description Of everybody: for admins.
                     * @enum {boolean}
                     */
                    installation?: true;
                    /** @description What it tells of. All that you may read, when left out. */
                    sections?: ("generations" | "datasets" | "exports" | "files" | "live" | "posts" | "jobs")[];
                };
            };
        };
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "reportId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            reportId: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "reports.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "from": "2026-05-01",
                     *         "to": "2026-05-01",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "userId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "installation": true,
                     *         "sections": [
                     *           "generations"
                     *         ],
                     *         "result": {
                     *           "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "resultUri": "Some text",
                     *           "contentType": "application/pdf",
                     *           "bytes": 1,
                     *           "sha256": "Some text"
                     *         },
                     *         "errorCode": "Some text",
                     *         "errorMessage": "Some text",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Report"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "reports.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "name": "Ada Lovelace",
                     *           "url": "https://example.com/hooks/backlot",
                     *           "format": "json",
                     *           "pointer": "Some text",
                     *           "keyColumns": [
                     *             "Some text"
                     *           ],
                     *           "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "timing": {
                     *             "everyMinutes": 5
                     *           },
                     *           "headerNames": [
                     *             "Some text"
                     *           ],
                     *           "enabled": true,
                     *           "disabledReason": "Some text",
                     *           "consecutiveFailures": 1,
                     *           "nextRunAt": "2026-05-01T12:00:00.000Z",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Sync"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Prices",
                 *       "url": "https://example.com/prices.json",
                 *       "format": "json",
                 *       "pointer": "/data/items",
                 *       "keyColumns": [
                 *         "id"
                 *       ],
                 *       "timing": {
                 *         "everyMinutes": 60
                 *       }
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** @description What is read, with GET. */
                    url: string;
                    /** @enum {string} */
                    format: "json" | "csv" | "ndjson";
                    /**
                     * @description json: where in the document the array of rows is (RFC 6901). Empty: the document is the array.
                     * @default
                     */
                    pointer?: string;
                    /** @description By which columns a row is the same row the next time. No two rows have the same values of them. */
                    keyColumns: string[];
                    timing: {
                        /** Format: int32 */
                        everyMinutes: number;
                    } | {
                        /** @description Five fields, in UTC: `15 6 * * 1-5`. Turns are 5 minutes apart at least. */
                        cron: string;
                    };
                    /**
                     * @description Sent to the source, such as `Authorization`. Kept encrypted, and never shown again.
                     * @default {}
                     */
                    headers?: {
                        [key: string]: string;
                    };
                    /**
                     * Format: uuid
                     * @description An uploaded dataset of yours, of one table. Else the first run makes one.
                     */
                    datasetId?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "format": "json",
                     *         "pointer": "Some text",
                     *         "keyColumns": [
                     *           "Some text"
                     *         ],
                     *         "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "timing": {
                     *           "everyMinutes": 5
                     *         },
                     *         "headerNames": [
                     *           "Some text"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "nextRunAt": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Sync"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "format": "json",
                     *         "pointer": "Some text",
                     *         "keyColumns": [
                     *           "Some text"
                     *         ],
                     *         "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "timing": {
                     *           "everyMinutes": 5
                     *         },
                     *         "headerNames": [
                     *           "Some text"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "nextRunAt": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Sync"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "timing": {
                 *         "cron": "0 6 * * *"
                 *       }
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /** @description What is read, with GET. */
                    url?: string;
                    /** @enum {string} */
                    format?: "json" | "csv" | "ndjson";
                    /** @description json: where in the document the array of rows is (RFC 6901). Empty: the document is the array. */
                    pointer?: string;
                    /** @description By which columns a row is the same row the next time. No two rows have the same values of them. */
                    keyColumns?: string[];
                    timing?: {
                        /** Format: int32 */
                        everyMinutes: number;
                    } | {
                        /** @description Five fields, in UTC: `15 6 * * 1-5`. Turns are 5 minutes apart at least. */
                        cron: string;
                    };
                    /** @description Sent to the source, such as `Authorization`. Kept encrypted, and never shown again. */
                    headers?: {
                        [key: string]: string;
                    };
                    enabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "format": "json",
                     *         "pointer": "Some text",
                     *         "keyColumns": [
                     *           "Some text"
                     *         ],
                     *         "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "timing": {
                     *           "everyMinutes": 5
                     *         },
                     *         "headerNames": [
                     *           "Some text"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "nextRunAt": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Sync"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.runs": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "syncId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "trigger": "schedule",
                     *           "status": "pending",
                     *           "outcome": "changed",
                     *           "rows": 1,
                     *           "added": 1,
                     *           "changed": 1,
                     *           "removed": 1,
                     *           "bytes": 1,
                     *           "sample": [
                     *             {
                     *               "kind": "added",
                     *               "key": {},
                     *               "before": {},
                     *               "after": {}
                     *             }
                     *           ],
                     *           "errorCode": "Some text",
                     *           "errorMessage": "Some text",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "finishedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["SyncRun"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "syncs.run": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
                /** @description `wait=N`, up to 60: wait N seconds for the end of the job. */
                prefer?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "runId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            runId: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "datasets.upload": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description What the dataset is called. The name of the file, when it is left out. */
                    name?: string;
                } & {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "uploadId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "datasetId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "expiresAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            uploadId: string;
                            /** Format: uuid */
                            fileId: string;
                            /** @description Where the rows will be; null for a file that is no table. */
                            datasetId: string | null;
                            /** @description When the dataset is removed. The file stays. */
                            expiresAt: string | null;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                /** @description A part of the name. */
                q?: string;
                status?: "live" | "idle";
                /** @description Another user's projects: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "name": "Ada Lovelace",
                     *           "description": "Some text",
                     *           "ingest": {
                     *             "url": "https://example.com/hooks/backlot",
                     *             "urls": [
                     *               "Some text"
                     *             ]
                     *           },
                     *           "streamKeyHint": "Some text",
                     *           "reconnectWindowSeconds": 1,
                     *           "record": true,
                     *           "preview": true,
                     *           "status": "live",
                     *           "liveStreamId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Project"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    name: string;
                    description?: string;
                    /**
                     * Format: int32
                     * @description How long a stream waits for its publisher to come back. 60 when left out.
                     */
                    reconnectWindowSeconds?: number;
                    /** @description Keep a recording of each stream as a file. Off when left out. */
                    record?: boolean;
                    /** @description Offer a preview while it is live. On when left out. */
                    preview?: boolean;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "description": "Some text",
                     *         "ingest": {
                     *           "url": "https://example.com/hooks/backlot",
                     *           "urls": [
                     *             "Some text"
                     *           ]
                     *         },
                     *         "streamKeyHint": "Some text",
                     *         "reconnectWindowSeconds": 1,
                     *         "record": true,
                     *         "preview": true,
                     *         "status": "live",
                     *         "liveStreamId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "streamKey": "abcd-efgh-1234"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ProjectWithStreamKey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.streamKey": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "description": "Some text",
                     *         "ingest": {
                     *           "url": "https://example.com/hooks/backlot",
                     *           "urls": [
                     *             "Some text"
                     *           ]
                     *         },
                     *         "streamKeyHint": "Some text",
                     *         "reconnectWindowSeconds": 1,
                     *         "record": true,
                     *         "preview": true,
                     *         "status": "live",
                     *         "liveStreamId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "streamKey": "abcd-efgh-1234"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ProjectWithStreamKey"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "description": "Some text",
                     *         "ingest": {
                     *           "url": "https://example.com/hooks/backlot",
                     *           "urls": [
                     *             "Some text"
                     *           ]
                     *         },
                     *         "streamKeyHint": "Some text",
                     *         "reconnectWindowSeconds": 1,
                     *         "record": true,
                     *         "preview": true,
                     *         "status": "live",
                     *         "liveStreamId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Project"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    name?: string;
                    description?: string;
                    /**
                     * Format: int32
                     * @description How long a stream waits for its publisher to come back. 60 when left out.
                     */
                    reconnectWindowSeconds?: number;
                    /** @description Keep a recording of each stream as a file. Off when left out. */
                    record?: boolean;
                    /** @description Offer a preview while it is live. On when left out. */
                    preview?: boolean;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "description": "Some text",
                     *         "ingest": {
                     *           "url": "https://example.com/hooks/backlot",
                     *           "urls": [
                     *             "Some text"
                     *           ]
                     *         },
                     *         "streamKeyHint": "Some text",
                     *         "reconnectWindowSeconds": 1,
                     *         "record": true,
                     *         "preview": true,
                     *         "status": "live",
                     *         "liveStreamId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Project"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.destinations": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "name": "Ada Lovelace",
                     *           "platform": "youtube",
                     *           "url": "https://example.com/hooks/backlot",
                     *           "streamKey": "abcd-efgh-1234",
                     *           "enabled": true,
                     *           "position": 1,
                     *           "state": "idle",
                     *           "stateCode": "Some text",
                     *           "stateMessage": "Some text",
                     *           "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *           "bytesSent": 1,
                     *           "bitrate": 1,
                     *           "droppedMessages": 1,
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Destination"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.createDestination": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "platform": "youtube",
                 *       "url": "rtmps://live.example.com:443/app",
                 *       "streamKey": "abcd-efgh-1234"
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    platform: "youtube" | "twitch" | "facebook" | "kick" | "custom";
                    /**
                     * @description The platform's own address when left out; `custom` needs one.
                     * @example rtmps://live.example.com:443/app
                     */
                    url?: string;
                    /**
                     * Format: password
                     * @description As the platform gave it. Answers show its end only.
                     */
                    streamKey: string;
                    /** @description Whether the feed is to go there. On when left out. */
                    enabled?: boolean;
                    /**
                     * Format: int32
                     * @description Its place in lists. Last when left out.
                     */
                    position?: number;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "platform": "youtube",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "streamKey": "abcd-efgh-1234",
                     *         "enabled": true,
                     *         "position": 1,
                     *         "state": "idle",
                     *         "stateCode": "Some text",
                     *         "stateMessage": "Some text",
                     *         "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *         "bytesSent": 1,
                     *         "bitrate": 1,
                     *         "droppedMessages": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Destination"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "destinations.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "platform": "youtube",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "streamKey": "abcd-efgh-1234",
                     *         "enabled": true,
                     *         "position": 1,
                     *         "state": "idle",
                     *         "stateCode": "Some text",
                     *         "stateMessage": "Some text",
                     *         "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *         "bytesSent": 1,
                     *         "bitrate": 1,
                     *         "droppedMessages": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Destination"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "destinations.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "destinations.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace",
                 *       "url": "rtmps://live.example.com:443/app",
                 *       "streamKey": "abcd-efgh-1234"
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /**
                     * @description On another server it needs a `streamKey` beside it.
                     * @example rtmps://live.example.com:443/app
                     */
                    url?: string;
                    /**
                     * Format: password
                     * @description As the platform gave it. Answers show its end only.
                     */
                    streamKey?: string;
                    /** @description Whether the feed is to go there. On when left out. */
                    enabled?: boolean;
                    /**
                     * Format: int32
                     * @description Its place in lists. Last when left out.
                     */
                    position?: number;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "platform": "youtube",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "streamKey": "abcd-efgh-1234",
                     *         "enabled": true,
                     *         "position": 1,
                     *         "state": "idle",
                     *         "stateCode": "Some text",
                     *         "stateMessage": "Some text",
                     *         "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *         "bytesSent": 1,
                     *         "bitrate": 1,
                     *         "droppedMessages": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Destination"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "destinations.start": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "platform": "youtube",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "streamKey": "abcd-efgh-1234",
                     *         "enabled": true,
                     *         "position": 1,
                     *         "state": "idle",
                     *         "stateCode": "Some text",
                     *         "stateMessage": "Some text",
                     *         "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *         "bytesSent": 1,
                     *         "bitrate": 1,
                     *         "droppedMessages": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Destination"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "destinations.stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "name": "Ada Lovelace",
                     *         "platform": "youtube",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "streamKey": "abcd-efgh-1234",
                     *         "enabled": true,
                     *         "position": 1,
                     *         "state": "idle",
                     *         "stateCode": "Some text",
                     *         "stateMessage": "Some text",
                     *         "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *         "bytesSent": 1,
                     *         "bitrate": 1,
                     *         "droppedMessages": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Destination"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.streams": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                status?: "live" | "reconnecting" | "ended";
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "source": "rtmp",
                     *           "status": "live",
                     *           "publisherAddress": "Some text",
                     *           "encoder": "Some text",
                     *           "startedAt": "2026-05-01T12:00:00.000Z",
                     *           "lostAt": "2026-05-01T12:00:00.000Z",
                     *           "endedAt": "2026-05-01T12:00:00.000Z",
                     *           "endReason": "unpublished",
                     *           "videoCodec": "Some text",
                     *           "audioCodec": "Some text",
                     *           "width": 1,
                     *           "height": 1,
                     *           "frameRate": 1,
                     *           "audioSampleRate": 1,
                     *           "audioChannels": 1,
                     *           "bitrate": 1,
                     *           "peakBitrate": 1,
                     *           "bytesReceived": 1,
                     *           "reconnects": 1,
                     *           "recording": {
                     *             "status": "off",
                     *             "message": "Some text",
                     *             "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *             "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *           },
                     *           "eventsUrl": "Some text"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Stream"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "streams.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "source": "rtmp",
                     *         "status": "live",
                     *         "publisherAddress": "Some text",
                     *         "encoder": "Some text",
                     *         "startedAt": "2026-05-01T12:00:00.000Z",
                     *         "lostAt": "2026-05-01T12:00:00.000Z",
                     *         "endedAt": "2026-05-01T12:00:00.000Z",
                     *         "endReason": "unpublished",
                     *         "videoCodec": "Some text",
                     *         "audioCodec": "Some text",
                     *         "width": 1,
                     *         "height": 1,
                     *         "frameRate": 1,
                     *         "audioSampleRate": 1,
                     *         "audioChannels": 1,
                     *         "bitrate": 1,
                     *         "peakBitrate": 1,
                     *         "bytesReceived": 1,
                     *         "reconnects": 1,
                     *         "recording": {
                     *           "status": "off",
                     *           "message": "Some text",
                     *           "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *         },
                     *         "eventsUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Stream"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "streams.events": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "seq": 1,
                     *           "type": "Some text",
                     *           "streamId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "destinationId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "data": {},
                     *           "at": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["LiveEvent"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "relays.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                /** @description Another user's relays: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "source": "rtmp",
                     *           "status": "live",
                     *           "publisherAddress": "Some text",
                     *           "encoder": "Some text",
                     *           "startedAt": "2026-05-01T12:00:00.000Z",
                     *           "lostAt": "2026-05-01T12:00:00.000Z",
                     *           "endedAt": "2026-05-01T12:00:00.000Z",
                     *           "endReason": "unpublished",
                     *           "videoCodec": "Some text",
                     *           "audioCodec": "Some text",
                     *           "width": 1,
                     *           "height": 1,
                     *           "frameRate": 1,
                     *           "audioSampleRate": 1,
                     *           "audioChannels": 1,
                     *           "bitrate": 1,
                     *           "peakBitrate": 1,
                     *           "bytesReceived": 1,
                     *           "reconnects": 1,
                     *           "recording": {
                     *             "status": "off",
                     *             "message": "Some text",
                     *             "fileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *             "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *           },
                     *           "eventsUrl": "Some text",
                     *           "destinations": [
                     *             {
                     *               "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *               "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *               "name": "Ada Lovelace",
                     *               "platform": "youtube",
                     *               "url": "https://example.com/hooks/backlot",
                     *               "streamKey": "abcd-efgh-1234",
                     *               "enabled": true,
                     *               "position": 1,
                     *               "state": "idle",
                     *               "stateCode": "Some text",
                     *               "stateMessage": "Some text",
                     *               "stateChangedAt": "2026-05-01T12:00:00.000Z",
                     *               "bytesSent": 1,
                     *               "bitrate": 1,
                     *               "droppedMessages": 1,
                     *               "createdAt": "2026-05-01T12:00:00.000Z",
                     *               "updatedAt": "2026-05-01T12:00:00.000Z"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Relay"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.events": {
        parameters: {
            query?: never;
            header?: {
                /** @description The newest event that the client has seen. */
                "last-event-id"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-Sent Events, with this as the data of each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveEvent"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "streams.onPublish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    /** @description The stream key. */
                    name: string;
                    call?: string;
                    /** @description The publisher's address. */
                    addr?: string;
                    /** @description What the publisher says that it is. */
                    flashver?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "streams.onPublishDone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    /** @description The stream key. */
                    name: string;
                    call?: string;
                    /** @description The publisher's address. */
                    addr?: string;
                    /** @description What the publisher says that it is. */
                    flashver?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "streams.onUpdate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    /** @description The stream key. */
                    name: string;
                    call?: string;
                    /** @description The publisher's address. */
                    addr?: string;
                    /** @description What the publisher says that it is. */
                    flashver?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "available": true,
                     *         "playlistUrl": "Some text",
                     *         "thumbnailUrl": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            available: boolean;
                            /** @description HLS, for players that take M3U8. Good for an hour. */
                            playlistUrl: string | null;
                            /** @description A JPEG picture, new every few seconds. Good for an hour. */
                            thumbnailUrl: string | null;
                            /** @description Why there is no preview. */
                            message?: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "projects.thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A picture of the last few seconds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                /** @description Another user's webhooks: managers and admins only. */
                ownerId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "url": "https://example.com/hooks/backlot",
                     *           "description": "Some text",
                     *           "events": [
                     *             "stream.live"
                     *           ],
                     *           "enabled": true,
                     *           "disabledReason": "Some text",
                     *           "consecutiveFailures": 1,
                     *           "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *           "createdAt": "2026-05-01T12:00:00.000Z",
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Webhook"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://example.com/hooks/backlot",
                 *       "events": [
                 *         "*"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Where events are sent with POST. Only https keeps them from others on the way. */
                    url: string;
                    /** @description Which events are sent: names such as `stream.live`, groups such as `destination.*`, or `*` for all. */
                    events: ("*" | "stream.*" | "destination.*" | "recording.*" | "post.*" | "job.*" | "webhook.*" | "stream.live" | "stream.reconnecting" | "stream.ended" | "destination.connecting" | "destination.broadcasting" | "destination.reconnecting" | "destination.errored" | "destination.stopped" | "destination.idle" | "recording.started" | "recording.stopped" | "recording.processing" | "recording.ready" | "recording.failed" | "post.published" | "job.completed" | "job.failed" | "job.cancelled" | "webhook.test")[];
                    /** @default  */
                    description?: string;
                    /**
                     * Format: uuid
                     * @description Only events of this project of yours.
                     */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "description": "Some text",
                     *         "events": [
                     *           "stream.live"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "secret": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["WebhookWithSecret"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.secret": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "description": "Some text",
                     *         "events": [
                     *           "stream.live"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "secret": "Some text"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["WebhookWithSecret"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "description": "Some text",
                     *         "events": [
                     *           "stream.live"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Webhook"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://example.com/hooks/backlot",
                 *       "events": [
                 *         "*"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Where events are sent with POST. Only https keeps them from others on the way. */
                    url?: string;
                    /** @description Which events are sent: names such as `stream.live`, groups such as `destination.*`, or `*` for all. */
                    events?: ("*" | "stream.*" | "destination.*" | "recording.*" | "post.*" | "job.*" | "webhook.*" | "stream.live" | "stream.reconnecting" | "stream.ended" | "destination.connecting" | "destination.broadcasting" | "destination.reconnecting" | "destination.errored" | "destination.stopped" | "destination.idle" | "recording.started" | "recording.stopped" | "recording.processing" | "recording.ready" | "recording.failed" | "post.published" | "job.completed" | "job.failed" | "job.cancelled" | "webhook.test")[];
                    description?: string;
                    enabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "ownerId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "projectId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "url": "https://example.com/hooks/backlot",
                     *         "description": "Some text",
                     *         "events": [
                     *           "stream.live"
                     *         ],
                     *         "enabled": true,
                     *         "disabledReason": "Some text",
                     *         "consecutiveFailures": 1,
                     *         "previousSecretUntil": "2026-05-01T12:00:00.000Z",
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Webhook"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.deliveries": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                status?: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
            };
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "webhookId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *           "eventType": "Some text",
                     *           "payload": "Some text",
                     *           "status": "pending",
                     *           "attempts": 1,
                     *           "lastAttemptAt": "2026-05-01T12:00:00.000Z",
                     *           "responseStatus": 1,
                     *           "responseBody": "Some text",
                     *           "error": "Some text",
                     *           "createdAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["WebhookDelivery"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "webhooks.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "deliveryId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            deliveryId: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "deliveries.replay": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken: what is left to do is told in the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "jobId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "status": "pending",
                     *         "statusUrl": "Some text",
                     *         "eventsUrl": "Some text",
                     *         "cancelUrl": "Some text",
                     *         "deliveryId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** Format: uuid */
                            jobId: string;
                            /** @enum {string} */
                            status: "pending" | "in-progress" | "completed" | "failed" | "cancelled";
                            statusUrl: string;
                            eventsUrl: string;
                            cancelUrl: string;
                            /** Format: uuid */
                            deliveryId: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "flags.list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "key": "new-editor",
                     *           "value": null,
                     *           "reason": "Some text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["EvaluatedFlag"][];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "key": "new-editor",
                     *           "type": "boolean",
                     *           "description": "Some text",
                     *           "enabled": true,
                     *           "default": true,
                     *           "rules": [
                     *             {
                     *               "value": true
                     *             }
                     *           ],
                     *           "version": 1,
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["FeatureFlag"][];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.getFlag": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example new-editor */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor",
                     *         "type": "boolean",
                     *         "description": "Some text",
                     *         "enabled": true,
                     *         "default": true,
                     *         "rules": [
                     *           {
                     *             "value": true
                     *           }
                     *         ],
                     *         "version": 1,
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["FeatureFlag"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.replaceFlag": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that you have. Another one is refused with 412. */
                "if-match"?: string;
            };
            path: {
                /** @example new-editor */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "boolean",
                 *       "default": true
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    type: "boolean" | "string" | "number" | "json";
                    /** @default  */
                    description?: string;
                    /**
                     * @description While it is off everybody gets `default`.
                     * @default true
                     */
                    enabled?: boolean;
                    /** @description For whom no rule is. */
                    default: boolean | number | string | unknown[] | {
                        [key: string]: unknown;
                    };
                    /**
                     * @description The first that is for the caller decides.
                     * @default []
                     */
                    rules?: {
                        users?: string[];
                        roles?: ("viewer" | "user" | "manager" | "admin")[];
                        /** @description Of all users; the same ones always. */
                        percentage?: number;
                        value: boolean | number | string | unknown[] | {
                            [key: string]: unknown;
                        };
                    }[];
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor",
                     *         "type": "boolean",
                     *         "description": "Some text",
                     *         "enabled": true,
                     *         "default": true,
                     *         "rules": [
                     *           {
                     *             "value": true
                     *           }
                     *         ],
                     *         "version": 1,
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["FeatureFlag"];
                        message?: string;
                    };
                };
            };
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor",
                     *         "type": "boolean",
                     *         "description": "Some text",
                     *         "enabled": true,
                     *         "default": true,
                     *         "rules": [
                     *           {
                     *             "value": true
                     *           }
                     *         ],
                     *         "version": 1,
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["FeatureFlag"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.deleteFlag": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that you have. Another one is refused with 412. */
                "if-match"?: string;
            };
            path: {
                /** @example new-editor */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            key: string;
                        };
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "key": "new-editor",
                     *           "description": "Some text",
                     *           "value": 50000000,
                     *           "default": 50000000,
                     *           "isSet": true,
                     *           "version": 1,
                     *           "updatedAt": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["RuntimeSetting"][];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.getSetting": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description One of signups.open, files.quotaBytes, data.quotaRows, data.quotaBytes, live.projectsPerUser.
                 * @example new-editor
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor",
                     *         "description": "Some text",
                     *         "value": 50000000,
                     *         "default": 50000000,
                     *         "isSet": true,
                     *         "version": 1,
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["RuntimeSetting"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.replaceSetting": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that you have. Another one is refused with 412. */
                "if-match"?: string;
            };
            path: {
                /**
                 * @description One of signups.open, files.quotaBytes, data.quotaRows, data.quotaBytes, live.projectsPerUser.
                 * @example new-editor
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "value": 50000000
                 *     }
                 */
                "application/json": {
                    /** @example 50000000 */
                    value: number | boolean;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor",
                     *         "description": "Some text",
                     *         "value": 50000000,
                     *         "default": 50000000,
                     *         "isSet": true,
                     *         "version": 1,
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["RuntimeSetting"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "admin.deleteSetting": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that you have. Another one is refused with 412. */
                "if-match"?: string;
            };
            path: {
                /**
                 * @description One of signups.open, files.quotaBytes, data.quotaRows, data.quotaBytes, live.projectsPerUser.
                 * @example new-editor
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "key": "new-editor",
                     *         "description": "Some text",
                     *         "value": 50000000,
                     *         "default": 50000000,
                     *         "isSet": true,
                     *         "version": 1,
                     *         "updatedAt": "2026-05-01T12:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["RuntimeSetting"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.feedRss": {
        parameters: {
            query?: {
                /** @description Only this user's. */
                author?: string;
                tag?: string;
            };
            header?: {
                /** @description The `ETag` that you have. While it is still right the answer is 304, without a body. */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest posts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/rss+xml; charset=utf-8": string;
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.feedAtom": {
        parameters: {
            query?: {
                /** @description Only this user's. */
                author?: string;
                tag?: string;
            };
            header?: {
                /** @description The `ETag` that you have. While it is still right the answer is 304, without a body. */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest posts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/atom+xml; charset=utf-8": string;
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description Also count all that match. Costs a second query. */
                total?: boolean;
                /** @description How many to skip. In place of `cursor`, which is faster and stays true while rows are added. */
                offset?: number;
                /** @description Only this user's. */
                author?: string;
                tag?: string;
                /** @description Words in title, tags, excerpt and body: all of them, `"in a row"`, `or`, `-without`; the last may be begun. */
                q?: string;
                /** @description Only posts in this language; `q` is then read in it alone. */
                language?: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish";
                status?: "draft" | "scheduled" | "published";
                /** @description True: only published posts; false: only your drafts and scheduled ones. */
                published?: boolean;
                /** @description Only deleted posts that you may restore. */
                deleted?: boolean;
                /** @description Published then or later. Drafts count as of when they were begun. */
                from?: string;
                /** @description Published before then. */
                to?: string;
                /** @description `-publishedAt` when left out, and with `q` by relevance. A minus turns the order around. */
                sort?: "publishedAt" | "-publishedAt" | "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt" | "title" | "-title" | "relevance";
                /** @description Only these, with commas between. All but `body`, `bodyHtml` and `authorName` when left out; with a body, `limit` is 20 at most. */
                fields?: string;
            };
            header?: {
                /** @description The `ETag` that you have. While it is still right the answer is 304, without a body. */
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "title": "A hill",
                     *           "body": "It is *green*."
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ShownPost"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "A hill",
                 *       "body": "It is *green*."
                 *     }
                 */
                "application/json": {
                    title: string;
                    /** @description Markdown. It is kept as it is written. */
                    body: string;
                    /** @description What stands for the post in addresses. Made of the title when left out; a number makes it unique. */
                    slug?: string;
                    /** @description At most 20. Case, spaces and a leading # make no difference. */
                    tags?: string[];
                    /**
                     * @description Whose words are searched for. `english` when left out.
                     * @enum {string}
                     */
                    language?: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish";
                    /** @description A picture among the author's files. */
                    coverFileId?: string | null;
                    /** @description Plain text. When left out or null, the beginning of the body. */
                    excerpt?: string | null;
                    /**
                     * @description `draft` when left out.
                     * @enum {string}
                     */
                    status?: "draft" | "scheduled" | "published";
                    /**
                     * Format: date-time
                     * @description When a scheduled post is to be published; of a published one, when it was. Now when left out.
                     */
                    publishedAt?: string;
                };
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "authorId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "title": "A hill",
                     *         "slug": "Some text",
                     *         "excerpt": "Some text",
                     *         "tags": [
                     *           "Some text"
                     *         ],
                     *         "language": "simple",
                     *         "coverFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "coverUrl": "Some text",
                     *         "status": "draft",
                     *         "publishedAt": "2026-05-01T12:00:00.000Z",
                     *         "version": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "body": "It is *green*."
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Post"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.get": {
        parameters: {
            query?: {
                /** @description `html` adds `bodyHtml`. */
                render?: "html";
                /** @description Only these, with commas between. All but `bodyHtml` and `authorName` when left out. */
                fields?: string;
            };
            header?: {
                /** @description The `ETag` that you have. While it is still right the answer is 304, without a body. */
                "if-none-match"?: string;
            };
            path: {
                /**
                 * @description The id or the slug.
                 * @example Some text
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "title": "A hill",
                     *         "body": "It is *green*."
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ShownPost"];
                        message?: string;
                    };
                };
            };
            /** @description What the client has is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.delete": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that you have. Another one is refused with 412. */
                "if-match"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.update": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that you have. Another one is refused with 412. */
                "if-match"?: string;
            };
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "A hill",
                 *       "body": "It is *green*."
                 *     }
                 */
                "application/json": {
                    title?: string;
                    /** @description Markdown. It is kept as it is written. */
                    body?: string;
                    /** @description What stands for the post in addresses. Made of the title when left out; a number makes it unique. */
                    slug?: string;
                    /** @description At most 20. Case, spaces and a leading # make no difference. */
                    tags?: string[];
                    /**
                     * @description Whose words are searched for. `english` when left out.
                     * @enum {string}
                     */
                    language?: "simple" | "arabic" | "armenian" | "basque" | "catalan" | "danish" | "dutch" | "english" | "finnish" | "french" | "german" | "greek" | "hindi" | "hungarian" | "indonesian" | "irish" | "italian" | "lithuanian" | "nepali" | "norwegian" | "portuguese" | "romanian" | "russian" | "serbian" | "spanish" | "swedish" | "tamil" | "turkish" | "yiddish";
                    /** @description A picture among the author's files. */
                    coverFileId?: string | null;
                    /** @description Plain text. When left out or null, the beginning of the body. */
                    excerpt?: string | null;
                    /**
                     * @description `draft` when left out.
                     * @enum {string}
                     */
                    status?: "draft" | "scheduled" | "published";
                    /**
                     * Format: date-time
                     * @description When a scheduled post is to be published; of a published one, when it was. Now when left out.
                     */
                    publishedAt?: string;
                    /**
                     * Format: int64
                     * @description The version that you have. Another one is refused with 412.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "authorId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "title": "A hill",
                     *         "slug": "Some text",
                     *         "excerpt": "Some text",
                     *         "tags": [
                     *           "Some text"
                     *         ],
                     *         "language": "simple",
                     *         "coverFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "coverUrl": "Some text",
                     *         "status": "draft",
                     *         "publishedAt": "2026-05-01T12:00:00.000Z",
                     *         "version": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "body": "It is *green*."
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Post"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.cover": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id or the slug.
                 * @example Some text
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the picture. The link is good for an hour. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "posts.restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 0190c0a0-7d3e-7000-8000-1b2c3d4e5f60 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "authorId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "title": "A hill",
                     *         "slug": "Some text",
                     *         "excerpt": "Some text",
                     *         "tags": [
                     *           "Some text"
                     *         ],
                     *         "language": "simple",
                     *         "coverFileId": "0190c0a0-7d3e-7000-8000-1b2c3d4e5f60",
                     *         "coverUrl": "Some text",
                     *         "status": "draft",
                     *         "publishedAt": "2026-05-01T12:00:00.000Z",
                     *         "version": 1,
                     *         "createdAt": "2026-05-01T12:00:00.000Z",
                     *         "updatedAt": "2026-05-01T12:00:00.000Z",
                     *         "body": "It is *green*."
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Post"];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "notifications.list": {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "seq": 1,
                     *           "type": "Some text",
                     *           "data": {},
                     *           "at": "2026-05-01T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "page": {
                     *         "nextCursor": "Some text",
                     *         "limit": 50,
                     *         "total": 1
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Notification"][];
                        page: {
                            /** @description Pass as `cursor` for the next page; null on the last one. */
                            nextCursor: string | null;
                            /** Format: int64 */
                            limit: number;
                            /**
                             * Format: int64
                             * @description Only when asked for with `total=true`.
                             */
                            total?: number;
                        };
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "realtime.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection is a WebSocket now. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The answer. */
            426: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "batch.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with the same key and body gives the stored answer and does nothing twice. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "calls": [
                 *         {
                 *           "method": "GET",
                 *           "path": "/v1/posts",
                 *           "body": {}
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    calls: {
                        /** @description Lets later calls name what comes of this one: `{{id.path}}`. */
                        id?: string;
                        /** @enum {string} */
                        method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
                        /** @description With its query, such as `/v1/posts/{{first.id}}`. */
                        path: string;
                        /**
                         * @description Other headers are those of the batch.
                         * @default {}
                         */
                        headers?: {
                            "if-match"?: string;
                            "if-none-match"?: string;
                        };
                        body?: {
                            [key: string]: unknown;
                        };
                    }[];
                };
            };
        };
        responses: {
            /** @description Done, or what was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "status": 1,
                     *           "headers": {
                     *             "etag": "Some text"
                     *           },
                     *           "body": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            id?: string;
                            /** Format: int64 */
                            status: number;
                            headers: {
                                etag?: string;
                                location?: string;
                            };
                            /** @description As the call alone would have been answered; null for an answer without a body. */
                            body: unknown;
                        }[];
                        message?: string;
                    };
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description What went wrong. As `application/problem+json` (RFC 9457) for who accepts that. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
