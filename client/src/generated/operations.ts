// Made from /openapi.json by `npm run client:generate`. Change the routes instead.
import type { Body, Calls, Data, EventData, Item, Options, Page, Query } from '../calls.ts'
import type { components } from './schema.ts'

export type RealtimeRequestInput = components['schemas']['RealtimeRequestInput']
export type User = components['schemas']['User']
export type ShownUser = components['schemas']['ShownUser']
export type Session = components['schemas']['Session']
export type ErrorAnswer = components['schemas']['Error']
export type Job = components['schemas']['Job']
export type JobEvent = components['schemas']['JobEvent']
export type DatasetSummary = components['schemas']['DatasetSummary']
export type Dataset = components['schemas']['Dataset']
export type Notification = components['schemas']['Notification']
export type Export = components['schemas']['Export']
export type RealtimeMessage = components['schemas']['RealtimeMessage']
export type Generation = components['schemas']['Generation']
export type Project = components['schemas']['Project']
export type ProjectWithStreamKey = components['schemas']['ProjectWithStreamKey']
export type Report = components['schemas']['Report']
export type Sync = components['schemas']['Sync']
export type SyncRun = components['schemas']['SyncRun']
export type Schedule = components['schemas']['Schedule']
export type ApiKey = components['schemas']['ApiKey']
export type ApiKeyWithSecret = components['schemas']['ApiKeyWithSecret']
export type AuditEntry = components['schemas']['AuditEntry']
export type Activity = components['schemas']['Activity']
export type Identity = components['schemas']['Identity']
export type Passkey = components['schemas']['Passkey']
export type File = components['schemas']['File']
export type FeatureFlag = components['schemas']['FeatureFlag']
export type EvaluatedFlag = components['schemas']['EvaluatedFlag']
export type OpenAiImages = components['schemas']['OpenAiImages']
export type OpenAiError = components['schemas']['OpenAiError']
export type Post = components['schemas']['Post']
export type ShownPost = components['schemas']['ShownPost']
export type Destination = components['schemas']['Destination']
export type RuntimeSetting = components['schemas']['RuntimeSetting']
export type Stream = components['schemas']['Stream']
export type Relay = components['schemas']['Relay']
export type LiveEvent = components['schemas']['LiveEvent']
export type Webhook = components['schemas']['Webhook']
export type WebhookWithSecret = components['schemas']['WebhookWithSecret']
export type WebhookDelivery = components['schemas']['WebhookDelivery']

/** Every operation of the API, by what it is about and what it does. */
export const bindOperations = (calls: Calls) => ({
  service: {
    /** What this service is, and how it is. Always a 200: `status` is that of the worst check. */
    get: (options?: Options) =>
      calls.data<Data<'service.get'>>({ method: 'GET', path: '/', isPublic: true }, {  }, options),
  },
  health: {
    /** Everything in one answer. 503 when a check is `down`. The checks run once a second at most, however many ask. */
    get: (options?: Options) =>
      calls.data<Data<'health.get'>>({ method: 'GET', path: '/health', isPublic: true }, {  }, options),
    /** The database and its pools. The primary and each replica: breaker, pool and lag. 503 when the database is down. */
    db: (options?: Options) =>
      calls.data<Data<'health.db'>>({ method: 'GET', path: '/health/db', isPublic: true }, {  }, options),
    /** Whether the process runs. Looks at nothing else: to restart a process does not bring its database back. */
    live: (options?: Options) =>
      calls.data<Data<'health.live'>>({ method: 'GET', path: '/health/live', isPublic: true }, {  }, options),
    /** Whether it can serve requests. 503 while the database is down, the migrations of this version have not run, or the process is about to stop. */
    ready: (options?: Options) =>
      calls.data<Data<'health.ready'>>({ method: 'GET', path: '/health/ready', isPublic: true }, {  }, options),
    /** Whether the migrations have run. */
    startup: (options?: Options) =>
      calls.data<Data<'health.startup'>>({ method: 'GET', path: '/health/startup', isPublic: true }, {  }, options),
  },
  auth: {
    /** Exchange a refresh token for the next pair of tokens. Each refresh token works once. Parallel uses within ten seconds get the same pair; any later use ends the session. */
    refresh: (body: Body<'auth.refresh'>, options?: Options) =>
      calls.data<Data<'auth.refresh'>>({ method: 'POST', path: '/v1/auth/refresh', isPublic: true }, { body }, options),
    /** Who is signed in, or whose API key this is. Scope of API keys: `users:read`. */
    me: (options?: Options) =>
      calls.data<Data<'auth.me'>>({ method: 'GET', path: '/v1/auth/me' }, {  }, options),
    /** Make an account and sign in to it. Also sets the session cookie. The answer is the same whether the address is known or not: the account owns the address once the link that is mailed there has been followed. */
    signup: (body: Body<'auth.signup'>, options?: Options) =>
      calls.data<Data<'auth.signup'>>({ method: 'POST', path: '/v1/auth/signup', isPublic: true }, { body }, options),
    /** Make the first admin. Takes the token of the link that is printed at the start. Works only while there is no admin. */
    setup: (body: Body<'auth.setup'>, options?: Options) =>
      calls.data<Data<'auth.setup'>>({ method: 'POST', path: '/v1/auth/setup', isPublic: true }, { body }, options),
    /** Sign in. Also sets the session cookie, for browsers that keep no tokens. Where a second factor is set, a right password is answered with 202 and `TOTP_REQUIRED` instead, without tokens and cookie: `auth/login/totp` ends the sign-in. */
    login: (body: Body<'auth.login'>, options?: Options) =>
      calls.data<Data<'auth.login'>>({ method: 'POST', path: '/v1/auth/login', isPublic: true }, { body }, options),
    /** Sign in with the second factor. Ends what `auth/login` began, by a code of the app or a recovery code. */
    loginTotp: (body: Body<'auth.loginTotp'>, options?: Options) =>
      calls.data<Data<'auth.loginTotp'>>({ method: 'POST', path: '/v1/auth/login/totp', isPublic: true }, { body }, options),
    /** Change your password. Ends all other sessions. */
    changePassword: (body: Body<'auth.changePassword'>, options?: Options) =>
      calls.data<Data<'auth.changePassword'>>({ method: 'POST', path: '/v1/auth/change-password' }, { body }, options),
    /** Ask for a link for choosing a new password. The answer is the same whether the address has an account or not. */
    forgotPassword: (body: Body<'auth.forgotPassword'>, options?: Options) =>
      calls.data<Data<'auth.forgotPassword'>>({ method: 'POST', path: '/v1/auth/forgot-password', isPublic: true }, { body }, options),
    /** Choose a new password with the mailed link. Ends all sessions. */
    resetPassword: (body: Body<'auth.resetPassword'>, options?: Options) =>
      calls.data<Data<'auth.resetPassword'>>({ method: 'POST', path: '/v1/auth/reset-password', isPublic: true }, { body }, options),
    /** Confirm your address with the mailed link. Takes a session of the account, or its `password`: whoever signed up with an address that is not his is not confirmed by its owner. */
    verifyEmail: (body: Body<'auth.verifyEmail'>, options?: Options) =>
      calls.data<Data<'auth.verifyEmail'>>({ method: 'POST', path: '/v1/auth/verify-email' }, { body }, options),
    /** Have the link for confirming your address mailed again. */
    verifyEmailResend: (options?: Options) =>
      calls.data<Data<'auth.verifyEmailResend'>>({ method: 'POST', path: '/v1/auth/verify-email/resend' }, {  }, options),
    /** Sign out. Ends this session: its access token, refresh token and cookie stop working at once. */
    logout: (options?: Options) =>
      calls.data<Data<'auth.logout'>>({ method: 'POST', path: '/v1/auth/logout' }, {  }, options),
    /** Prove again that it is you. What changes how an account can be entered, such as making an API key, needs a proof of the last ten minutes, else it answers 403 `REAUTHENTICATION_REQUIRED`. Signing in is one. */
    reauthenticate: (body: Body<'auth.reauthenticate'>, options?: Options) =>
      calls.data<Data<'auth.reauthenticate'>>({ method: 'POST', path: '/v1/auth/reauthenticate' }, { body }, options),
    /** List your sessions, newest first. */
    sessions: (query?: Query<'auth.sessions'>, options?: Options) =>
      calls.page<Page<'auth.sessions'>>({ method: 'GET', path: '/v1/auth/sessions' }, { query }, options),
    /** List your sessions, newest first. */
    allSessions: (query?: Query<'auth.sessions'>, options?: Options) =>
      calls.items<Item<'auth.sessions'>>({ method: 'GET', path: '/v1/auth/sessions' }, { query }, options),
    /** End all your other sessions. Their access tokens, refresh tokens and cookies stop working at once, and their sockets are closed. */
    deleteSessions: (options?: Options) =>
      calls.data<Data<'auth.deleteSessions'>>({ method: 'DELETE', path: '/v1/auth/sessions' }, {  }, options),
    /** End one of your sessions. Its access token, refresh token and cookie stop working at once, and its sockets are closed. */
    deleteSession: (id: string, options?: Options) =>
      calls.data<Data<'auth.deleteSession'>>({ method: 'DELETE', path: '/v1/auth/sessions/{id}' }, { path: { id } }, options),
    /** Whether you have a second factor. */
    totp: (options?: Options) =>
      calls.data<Data<'auth.totp'>>({ method: 'GET', path: '/v1/auth/totp' }, {  }, options),
    /** Take the second factor away. Takes a proof of the last ten minutes that it is you. */
    deleteTotp: (options?: Options) =>
      calls.data<Data<'auth.deleteTotp'>>({ method: 'DELETE', path: '/v1/auth/totp' }, {  }, options),
    /** Begin to set a second factor. Codes by time (RFC 6238) from an app: six digits, SHA-1, 30 seconds. Nothing changes until a code is confirmed. */
    createTotp: (options?: Options) =>
      calls.data<Data<'auth.createTotp'>>({ method: 'POST', path: '/v1/auth/totp' }, {  }, options),
    /** Set the second factor by a code of the app. From the next sign-in on, it is asked for. The answer holds the recovery codes. */
    totpConfirm: (body: Body<'auth.totpConfirm'>, options?: Options) =>
      calls.data<Data<'auth.totpConfirm'>>({ method: 'POST', path: '/v1/auth/totp/confirm' }, { body }, options),
    /** Make new recovery codes, which end those before. */
    totpRecoveryCodes: (options?: Options) =>
      calls.data<Data<'auth.totpRecoveryCodes'>>({ method: 'POST', path: '/v1/auth/totp/recovery-codes' }, {  }, options),
    /** Begin to add a passkey. The answer is for `navigator.credentials.create()`; what that gives goes to `auth/passkeys` within five minutes. Takes a proof of the last ten minutes that it is you. */
    passkeysOptions: (options?: Options) =>
      calls.data<Data<'auth.passkeysOptions'>>({ method: 'POST', path: '/v1/auth/passkeys/options' }, {  }, options),
    /** Add the passkey that the browser has made. Takes a proof of the last ten minutes that it is you. You are told by mail. */
    createPasskey: (body: Body<'auth.createPasskey'>, options?: Options) =>
      calls.data<Data<'auth.createPasskey'>>({ method: 'POST', path: '/v1/auth/passkeys' }, { body }, options),
    /** List your passkeys, newest first. */
    passkeys: (query?: Query<'auth.passkeys'>, options?: Options) =>
      calls.page<Page<'auth.passkeys'>>({ method: 'GET', path: '/v1/auth/passkeys' }, { query }, options),
    /** List your passkeys, newest first. */
    allPasskeys: (query?: Query<'auth.passkeys'>, options?: Options) =>
      calls.items<Item<'auth.passkeys'>>({ method: 'GET', path: '/v1/auth/passkeys' }, { query }, options),
    /** Rename one of your passkeys. */
    updatePasskey: (id: string, body: Body<'auth.updatePasskey'>, options?: Options) =>
      calls.data<Data<'auth.updatePasskey'>>({ method: 'PATCH', path: '/v1/auth/passkeys/{id}' }, { path: { id }, body }, options),
    /** Delete one of your passkeys. It signs in no more. Takes a proof of the last ten minutes that it is you. */
    deletePasskey: (id: string, options?: Options) =>
      calls.data<Data<'auth.deletePasskey'>>({ method: 'DELETE', path: '/v1/auth/passkeys/{id}' }, { path: { id } }, options),
    /** Begin to sign in with a passkey. The answer is for `navigator.credentials.get()`; what that gives goes to `auth/passkeys/sign-in` within five minutes. It is the same for everybody. */
    passkeysSignInOptions: (options?: Options) =>
      calls.data<Data<'auth.passkeysSignInOptions'>>({ method: 'POST', path: '/v1/auth/passkeys/sign-in/options', isPublic: true }, {  }, options),
    /** Sign in with a passkey. Answers as `auth/login` does, and sets the session cookie. A passkey that was unlocked by finger, face or PIN is enough; another one is answered with 202 where a second factor is set, and `auth/login/totp` goes on. */
    passkeysSignIn: (body: Body<'auth.passkeysSignIn'>, options?: Options) =>
      calls.data<Data<'auth.passkeysSignIn'>>({ method: 'POST', path: '/v1/auth/passkeys/sign-in', isPublic: true }, { body }, options),
    /** Begin to prove by a passkey that it is you. */
    passkeysReauthenticateOptions: (options?: Options) =>
      calls.data<Data<'auth.passkeysReauthenticateOptions'>>({ method: 'POST', path: '/v1/auth/passkeys/reauthenticate/options' }, {  }, options),
    /** Prove by a passkey that it is you. Counts as `auth/reauthenticate` does. */
    passkeysReauthenticate: (body: Body<'auth.passkeysReauthenticate'>, options?: Options) =>
      calls.data<Data<'auth.passkeysReauthenticate'>>({ method: 'POST', path: '/v1/auth/passkeys/reauthenticate' }, { body }, options),
    /** Where users can sign in besides. */
    oauth: (options?: Options) =>
      calls.data<Data<'auth.oauth'>>({ method: 'GET', path: '/v1/auth/oauth', isPublic: true }, {  }, options),
    /** Sign in by a provider. For browsers to be sent to: redirects to the provider, and in the end to `returnTo`, signed in by the session cookie, or with a `code` for an app that gave a `codeChallenge`. */
    getOauth: (provider: string, query?: Query<'auth.getOauth'>, options?: Options) =>
      calls.nothing({ method: 'GET', path: '/v1/auth/oauth/{provider}', isPublic: true }, { path: { provider }, query }, options),
    /** End a sign-in by a provider. The address to register at the provider, which sends browsers here. An app gets `code`, or `error` with the code of what went wrong, at its `returnTo`. */
    oauthCallback: (provider: string, query?: Query<'auth.oauthCallback'>, options?: Options) =>
      calls.data<Data<'auth.oauthCallback'>>({ method: 'GET', path: '/v1/auth/oauth/{provider}/callback', isPublic: true }, { path: { provider }, query }, options),
    /** Exchange the code of a sign-in by a provider for tokens. Takes the `code` that `returnTo` was given, once, within a minute, and the verifier whose challenge the sign-in was begun with. Answers as `auth/login` does, with 202 where a second factor is set. */
    oauthExchange: (body: Body<'auth.oauthExchange'>, options?: Options) =>
      calls.data<Data<'auth.oauthExchange'>>({ method: 'POST', path: '/v1/auth/oauth/exchange', isPublic: true }, { body }, options),
    /** List the providers by which you can sign in. */
    identities: (options?: Options) =>
      calls.data<Data<'auth.identities'>>({ method: 'GET', path: '/v1/auth/identities' }, {  }, options),
    /** Take a provider away from your account. Needs a recent proof, and another way to sign in. */
    deleteIdentitie: (id: string, options?: Options) =>
      calls.data<Data<'auth.deleteIdentitie'>>({ method: 'DELETE', path: '/v1/auth/identities/{id}' }, { path: { id } }, options),
    /** Link a provider to your account. Needs a recent proof. Send the browser that made this request, with its cookies, to `url`; it comes back to `returnTo`. */
    oauthLink: (provider: string, body: Body<'auth.oauthLink'>, options?: Options) =>
      calls.data<Data<'auth.oauthLink'>>({ method: 'POST', path: '/v1/auth/oauth/{provider}/link' }, { path: { provider }, body }, options),
    /** Prove again that it is you, by a provider. For who has no password. Send the browser that made this request, with its cookies, to `url`; the proof counts when it is back. */
    oauthReauthenticate: (provider: string, body: Body<'auth.oauthReauthenticate'>, options?: Options) =>
      calls.data<Data<'auth.oauthReauthenticate'>>({ method: 'POST', path: '/v1/auth/oauth/{provider}/reauthenticate' }, { path: { provider }, body }, options),
    /** What happened to your account, newest first. What you or your API keys did, and what others did or tried to do to your account. */
    activity: (query?: Query<'auth.activity'>, options?: Options) =>
      calls.page<Page<'auth.activity'>>({ method: 'GET', path: '/v1/auth/activity' }, { query }, options),
    /** What happened to your account, newest first. What you or your API keys did, and what others did or tried to do to your account. */
    allActivity: (query?: Query<'auth.activity'>, options?: Options) =>
      calls.items<Item<'auth.activity'>>({ method: 'GET', path: '/v1/auth/activity' }, { query }, options),
  },
  apiKeys: {
    /** Make an API key. The key itself is shown once. What the role of its user does not grant, or no longer grants, it cannot do. */
    create: (body: Body<'apiKeys.create'>, options?: Options) =>
      calls.data<Data<'apiKeys.create'>>({ method: 'POST', path: '/v1/api-keys' }, { body }, options),
    /** List your API keys, newest first. */
    list: (query?: Query<'apiKeys.list'>, options?: Options) =>
      calls.page<Page<'apiKeys.list'>>({ method: 'GET', path: '/v1/api-keys' }, { query }, options),
    /** List your API keys, newest first. */
    listAll: (query?: Query<'apiKeys.list'>, options?: Options) =>
      calls.items<Item<'apiKeys.list'>>({ method: 'GET', path: '/v1/api-keys' }, { query }, options),
    /** Replace an API key's secret. The secret before works on for the overlap, 24 hours unless you say otherwise. There are never more than two. */
    rotate: (id: string, body: Body<'apiKeys.rotate'>, options?: Options) =>
      calls.data<Data<'apiKeys.rotate'>>({ method: 'POST', path: '/v1/api-keys/{id}/rotate' }, { path: { id }, body }, options),
    /** Get an API key. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'apiKeys.get'>>({ method: 'GET', path: '/v1/api-keys/{id}' }, { path: { id } }, options),
    /** Change the name, scopes or expiry of an API key. Holds from the next request of the key on. Takes a proof of the last ten minutes that it is you. */
    update: (id: string, body: Body<'apiKeys.update'>, options?: Options) =>
      calls.data<Data<'apiKeys.update'>>({ method: 'PATCH', path: '/v1/api-keys/{id}' }, { path: { id }, body }, options),
    /** Revoke an API key. It stops working at once, with all its secrets, and stays in the list for 90 days. */
    delete: (id: string, options?: Options) =>
      calls.data<Data<'apiKeys.delete'>>({ method: 'DELETE', path: '/v1/api-keys/{id}' }, { path: { id } }, options),
  },
  audit: {
    /** Search the audit log. Who did what to what, when and from where, newest first. For admins. To have it as a file, export the resource `audit`. Scope of API keys: `audit:read`. */
    list: (query?: Query<'audit.list'>, options?: Options) =>
      calls.page<Page<'audit.list'>>({ method: 'GET', path: '/v1/audit' }, { query }, options),
    /** Search the audit log. Who did what to what, when and from where, newest first. For admins. To have it as a file, export the resource `audit`. Scope of API keys: `audit:read`. */
    listAll: (query?: Query<'audit.list'>, options?: Options) =>
      calls.items<Item<'audit.list'>>({ method: 'GET', path: '/v1/audit' }, { query }, options),
    /** Where the chain of the audit log ends. Keep it outside of the database: against it, a log that was written anew shows. Scope of API keys: `audit:read`. */
    head: (options?: Options) =>
      calls.data<Data<'audit.head'>>({ method: 'GET', path: '/v1/audit/head' }, {  }, options),
  },
  users: {
    /** List and search users. Newest first, or as `sort` says. Managers and admins see everybody, others only themselves. Scope of API keys: `users:read`. */
    list: (query?: Query<'users.list'>, options?: Options) =>
      calls.page<Page<'users.list'>>({ method: 'GET', path: '/v1/users' }, { query }, options),
    /** List and search users. Newest first, or as `sort` says. Managers and admins see everybody, others only themselves. Scope of API keys: `users:read`. */
    listAll: (query?: Query<'users.list'>, options?: Options) =>
      calls.items<Item<'users.list'>>({ method: 'GET', path: '/v1/users' }, { query }, options),
    /** Make an account for somebody. Scope of API keys: `users:create`. */
    create: (body: Body<'users.create'>, options?: Options) =>
      calls.data<Data<'users.create'>>({ method: 'POST', path: '/v1/users' }, { body }, options),
    /** Get a user. Scope of API keys: `users:read`. */
    get: (id: string, query?: Query<'users.get'>, options?: Options) =>
      calls.data<Data<'users.get'>>({ method: 'GET', path: '/v1/users/{id}' }, { path: { id }, query }, options),
    /** Change a user. Scope of API keys: `users:update`. */
    update: (id: string, body: Body<'users.update'>, options?: Options) =>
      calls.data<Data<'users.update'>>({ method: 'PATCH', path: '/v1/users/{id}' }, { path: { id }, body }, options),
    /** Delete a user and all that is his. Scope of API keys: `users:delete`. */
    delete: (id: string, body: Body<'users.delete'>, options?: Options) =>
      calls.data<Data<'users.delete'>>({ method: 'DELETE', path: '/v1/users/{id}' }, { path: { id }, body }, options),
  },
  jobs: {
    /** List jobs, newest first. Scope of API keys: `jobs:read`. */
    list: (query?: Query<'jobs.list'>, options?: Options) =>
      calls.page<Page<'jobs.list'>>({ method: 'GET', path: '/v1/jobs' }, { query }, options),
    /** List jobs, newest first. Scope of API keys: `jobs:read`. */
    listAll: (query?: Query<'jobs.list'>, options?: Options) =>
      calls.items<Item<'jobs.list'>>({ method: 'GET', path: '/v1/jobs' }, { query }, options),
    /** Get a job. Scope of API keys: `jobs:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'jobs.get'>>({ method: 'GET', path: '/v1/jobs/{id}' }, { path: { id } }, options),
    /** Get only the status of a job. Scope of API keys: `jobs:read`. */
    status: (jobId: string, options?: Options) =>
      calls.data<Data<'jobs.status'>>({ method: 'GET', path: '/v1/status/{jobId}' }, { path: { jobId } }, options),
    /** Cancel a job. A waiting job ends at once. A running one is told to stop; follow its events to see it end. Scope of API keys: `jobs:update`. */
    cancel: (id: string, options?: Options) =>
      calls.data<Data<'jobs.cancel'>>({ method: 'POST', path: '/v1/jobs/{id}/cancel' }, { path: { id } }, options),
    /** Run a failed or cancelled job again. Under the same id, with all its retries. 409 `JOB_NOT_RETRYABLE` in any other state. Scope of API keys: `jobs:update`. */
    retry: (id: string, options?: Options) =>
      calls.data<Data<'jobs.retry'>>({ method: 'POST', path: '/v1/jobs/{id}/retry' }, { path: { id } }, options),
    /** Follow a job live. Server-Sent Events `status` and `progress`, numbered from 1. A 204 means that all has been told. Scope of API keys: `jobs:read`. */
    events: (id: string, options?: Options) =>
      calls.events<EventData<'jobs.events'>>({ method: 'GET', path: '/v1/jobs/{id}/events' }, { path: { id } }, options),
  },
  admin: {
    /** List what one process of all does again and again. Scope of API keys: `schedules:read`. */
    schedules: (options?: Options) =>
      calls.data<Data<'admin.schedules'>>({ method: 'GET', path: '/v1/admin/schedules' }, {  }, options),
    /** List all feature flags. Scope of API keys: `settings:read`. */
    flags: (options?: Options) =>
      calls.data<Data<'admin.flags'>>({ method: 'GET', path: '/v1/admin/flags' }, {  }, options),
    /** Get a feature flag. Scope of API keys: `settings:read`. */
    getFlag: (key: string, options?: Options) =>
      calls.data<Data<'admin.getFlag'>>({ method: 'GET', path: '/v1/admin/flags/{key}' }, { path: { key } }, options),
    /** Make or replace a feature flag. It acts at once, in every process. Scope of API keys: `flags:update`. */
    replaceFlag: (key: string, body: Body<'admin.replaceFlag'>, options?: Options) =>
      calls.data<Data<'admin.replaceFlag'>>({ method: 'PUT', path: '/v1/admin/flags/{key}' }, { path: { key }, body }, options),
    /** Delete a feature flag. Whoever asks for it gets his own default from then on. Scope of API keys: `flags:update`. */
    deleteFlag: (key: string, options?: Options) =>
      calls.data<Data<'admin.deleteFlag'>>({ method: 'DELETE', path: '/v1/admin/flags/{key}' }, { path: { key } }, options),
    /** List what can be changed without a restart. Scope of API keys: `settings:read`. */
    settings: (options?: Options) =>
      calls.data<Data<'admin.settings'>>({ method: 'GET', path: '/v1/admin/settings' }, {  }, options),
    /** Get a runtime setting. Scope of API keys: `settings:read`. */
    getSetting: (key: string, options?: Options) =>
      calls.data<Data<'admin.getSetting'>>({ method: 'GET', path: '/v1/admin/settings/{key}' }, { path: { key } }, options),
    /** Change a runtime setting. It acts at once, in every process. Scope of API keys: `settings:update`. */
    replaceSetting: (key: string, body: Body<'admin.replaceSetting'>, options?: Options) =>
      calls.data<Data<'admin.replaceSetting'>>({ method: 'PUT', path: '/v1/admin/settings/{key}' }, { path: { key }, body }, options),
    /** Let a runtime setting be as the environment says again. Scope of API keys: `settings:update`. */
    deleteSetting: (key: string, options?: Options) =>
      calls.data<Data<'admin.deleteSetting'>>({ method: 'DELETE', path: '/v1/admin/settings/{key}' }, { path: { key } }, options),
  },
  uploads: {
    /** Get a URL to upload a file to. PUT the bytes to the URL with the given headers within 15 minutes, then confirm the upload. Scope of API keys: `files:create`. */
    presigned: (body: Body<'uploads.presigned'>, options?: Options) =>
      calls.data<Data<'uploads.presigned'>>({ method: 'POST', path: '/v1/uploads/presigned', takesKey: true }, { body }, options),
    /** Make a file of an upload. Checks what has arrived, and starts its processing. Repeating it gives the same file. Scope of API keys: `files:create`. */
    confirm: (body: Body<'uploads.confirm'>, options?: Options) =>
      calls.data<Data<'uploads.confirm'>>({ method: 'POST', path: '/v1/uploads/confirm' }, { body }, options),
    /** Open a resumable upload. By tus 1.0, for any of its clients (https://tus.io). Limits are those of `uploads/presigned`. Send the bytes to the `Location` within 24 hours; the answer to the last of them names the file in `Backlot-File-Id`. Scope of API keys: `files:create`. */
    tus: (options?: Options) =>
      calls.nothing({ method: 'POST', path: '/v1/uploads/tus' }, {  }, options),
    /** Send bytes of a resumable upload. As `application/offset+octet-stream`. After the last byte the upload is checked and its processing starts, as by `uploads/confirm`. Scope of API keys: `files:create`. */
    updateTu: (id: string, options?: Options) =>
      calls.nothing({ method: 'PATCH', path: '/v1/uploads/tus/{id}' }, { path: { id } }, options),
    /** Give a resumable upload up. Scope of API keys: `files:create`. */
    deleteTu: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/uploads/tus/{id}' }, { path: { id } }, options),
  },
  files: {
    /** List files, newest first. Scope of API keys: `files:read`. */
    list: (query?: Query<'files.list'>, options?: Options) =>
      calls.page<Page<'files.list'>>({ method: 'GET', path: '/v1/files' }, { query }, options),
    /** List files, newest first. Scope of API keys: `files:read`. */
    listAll: (query?: Query<'files.list'>, options?: Options) =>
      calls.items<Item<'files.list'>>({ method: 'GET', path: '/v1/files' }, { query }, options),
    /** Get a file. With a link to its bytes when it is `ready`, which is good for an hour. Scope of API keys: `files:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'files.get'>>({ method: 'GET', path: '/v1/files/{id}' }, { path: { id } }, options),
    /** Delete a file. Its bytes are removed about a day later, the pictures that were resized from it within 20 minutes. Scope of API keys: `files:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/files/{id}' }, { path: { id } }, options),
    /** Download a file. Answers ranges and conditional requests. Types that can carry scripts are only ever downloaded. Scope of API keys: `files:read`. */
    content: (id: string, options?: Options) =>
      calls.response({ method: 'GET', path: '/v1/files/{id}/content' }, { path: { id } }, options),
    /** Download a file. Answers ranges and conditional requests. Types that can carry scripts are only ever downloaded. Scope of API keys: `files:read`. */
    headContent: (id: string, options?: Options) =>
      calls.response({ method: 'HEAD', path: '/v1/files/{id}/content' }, { path: { id } }, options),
    /** Get a URL to show a picture in another size or format. The URL is signed, and can be used by whoever has it until it expires or the file is deleted. Pictures are never made larger than they are; of animations, the first frame is shown. Scope of API keys: `files:read`. */
    imageUrl: (id: string, query?: Query<'files.imageUrl'>, options?: Options) =>
      calls.data<Data<'files.imageUrl'>>({ method: 'GET', path: '/v1/files/{id}/image-url' }, { path: { id }, query }, options),
    /** Show a picture as its signed URL says. Take the whole URL from `image-url`. Answers ranges and conditional requests. `Accept` chooses among formats when the format is `auto`. */
    image: (id: string, query?: Query<'files.image'>, options?: Options) =>
      calls.response({ method: 'GET', path: '/v1/files/{id}/image', isPublic: true }, { path: { id }, query }, options),
    /** Show a picture as its signed URL says. Take the whole URL from `image-url`. Answers ranges and conditional requests. `Accept` chooses among formats when the format is `auto`. */
    headImage: (id: string, query?: Query<'files.headImage'>, options?: Options) =>
      calls.response({ method: 'HEAD', path: '/v1/files/{id}/image', isPublic: true }, { path: { id }, query }, options),
  },
  generations: {
    /** Make a picture. Answers 202 with the job. Send JSON, with `fileId` to work on a file of yours, or `multipart/form-data` with the same fields and the photo as `image`. Without a photo the prompt and the seed draw a picture. Scope of API keys: `generations:create`. */
    create: (body: Body<'generations.create'>, options?: Options) =>
      calls.data<Data<'generations.create'>>({ method: 'POST', path: '/v1/generations', takesKey: true, takesForm: true }, { body }, options),
    /** List generations, newest first. Scope of API keys: `generations:read`. */
    list: (query?: Query<'generations.list'>, options?: Options) =>
      calls.page<Page<'generations.list'>>({ method: 'GET', path: '/v1/generations' }, { query }, options),
    /** List generations, newest first. Scope of API keys: `generations:read`. */
    listAll: (query?: Query<'generations.list'>, options?: Options) =>
      calls.items<Item<'generations.list'>>({ method: 'GET', path: '/v1/generations' }, { query }, options),
    /** List the styles. Scope of API keys: `generations:read`. */
    styles: (options?: Options) =>
      calls.data<Data<'generations.styles'>>({ method: 'GET', path: '/v1/generations/styles' }, {  }, options),
    /** List the models that a request may name. Only provider `onnx` offers models by name; with the others this list is empty. Scope of API keys: `generations:read`. */
    models: (options?: Options) =>
      calls.data<Data<'generations.models'>>({ method: 'GET', path: '/v1/generations/models' }, {  }, options),
    /** Get a generation, with the signed address of its picture. Scope of API keys: `generations:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'generations.get'>>({ method: 'GET', path: '/v1/generations/{id}' }, { path: { id } }, options),
    /** Delete a generation and its picture. Scope of API keys: `generations:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/generations/{id}' }, { path: { id } }, options),
    /** Cancel a generation. Scope of API keys: `generations:update`. */
    cancel: (id: string, options?: Options) =>
      calls.data<Data<'generations.cancel'>>({ method: 'POST', path: '/v1/generations/{id}/cancel' }, { path: { id } }, options),
    /** Make a failed or cancelled generation again. Scope of API keys: `generations:update`. */
    retry: (id: string, options?: Options) =>
      calls.data<Data<'generations.retry'>>({ method: 'POST', path: '/v1/generations/{id}/retry' }, { path: { id } }, options),
  },
  images: {
    /** Make pictures, as `images.generate` of an OpenAI client asks for them. One generation a picture. Waits for the end. What takes longer is a 503 with `Retry-After`; the repeated request waits on for the same pictures. Scope of API keys: `generations:create`. */
    generations: (body: Body<'images.generations'>, options?: Options) =>
      calls.data<Data<'images.generations'>>({ method: 'POST', path: '/v1/images/generations', takesKey: true }, { body }, options),
    /** Edit a picture, as `images.edit` of an OpenAI client asks for it. With a `mask`, a PNG as large as the image, only its wholly transparent pixels change. The rest as for `images/generations`. Scope of API keys: `generations:create`. */
    edits: (body: Body<'images.edits'>, options?: Options) =>
      calls.data<Data<'images.edits'>>({ method: 'POST', path: '/v1/images/edits', takesKey: true, takesForm: true }, { body }, options),
  },
  models: {
    /** List what `model` may be, as OpenAI clients ask for it. Scope of API keys: `generations:read`. */
    list: (options?: Options) =>
      calls.data<Data<'models.list'>>({ method: 'GET', path: '/v1/models' }, {  }, options),
    /** Get a model, as OpenAI clients ask for it. Scope of API keys: `generations:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'models.get'>>({ method: 'GET', path: '/v1/models/{id}' }, { path: { id } }, options),
  },
  datasets: {
    /** Make a dataset. Answers 202 with the job that writes the rows. The same seed and schema give the same rows, whoever writes them. Scope of API keys: `datasets:create`. */
    create: (body: Body<'datasets.create'>, options?: Options) =>
      calls.data<Data<'datasets.create'>>({ method: 'POST', path: '/v1/generate', takesKey: true }, { body }, options),
    /** See the first 100 rows of each table at once, those that the job will write. Rows of more than ten thousand characters are fewer. Scope of API keys: `datasets:create`. */
    preview: (body: Body<'datasets.preview'>, options?: Options) =>
      calls.data<Data<'datasets.preview'>>({ method: 'POST', path: '/v1/generate/preview' }, { body }, options),
    /** List the types of fields. Scope of API keys: `datasets:read`. */
    fieldTypes: (options?: Options) =>
      calls.data<Data<'datasets.fieldTypes'>>({ method: 'GET', path: '/v1/generate/types' }, {  }, options),
    /** List the presets, with the tables that each stands for. Scope of API keys: `datasets:read`. */
    presets: (options?: Options) =>
      calls.data<Data<'datasets.presets'>>({ method: 'GET', path: '/v1/generate/presets' }, {  }, options),
    /** List datasets, newest first. Scope of API keys: `datasets:read`. */
    list: (query?: Query<'datasets.list'>, options?: Options) =>
      calls.page<Page<'datasets.list'>>({ method: 'GET', path: '/v1/datasets' }, { query }, options),
    /** List datasets, newest first. Scope of API keys: `datasets:read`. */
    listAll: (query?: Query<'datasets.list'>, options?: Options) =>
      calls.items<Item<'datasets.list'>>({ method: 'GET', path: '/v1/datasets' }, { query }, options),
    /** Get a dataset with its tables and columns. Scope of API keys: `datasets:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'datasets.get'>>({ method: 'GET', path: '/v1/datasets/{id}' }, { path: { id } }, options),
    /** Delete a dataset. Scope of API keys: `datasets:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/datasets/{id}' }, { path: { id } }, options),
    /** Read the rows of a table, page by page. A page of very long rows has fewer than `limit`; `nextCursor` says whether more follow. Scope of API keys: `datasets:read`. */
    rows: (id: string, query?: Query<'datasets.rows'>, options?: Options) =>
      calls.page<Page<'datasets.rows'>>({ method: 'GET', path: '/v1/datasets/{id}/rows' }, { path: { id }, query }, options),
    /** Read the rows of a table, page by page. A page of very long rows has fewer than `limit`; `nextCursor` says whether more follow. Scope of API keys: `datasets:read`. */
    allRows: (id: string, query?: Query<'datasets.rows'>, options?: Options) =>
      calls.items<Item<'datasets.rows'>>({ method: 'GET', path: '/v1/datasets/{id}/rows' }, { path: { id }, query }, options),
    /** Upload a file; tables become datasets. Send `multipart/form-data` with the part `file`. .csv, .tsv, .json, .ndjson, .jsonl, .xlsx and .parquet are read row by row into a dataset; pictures, videos and documents become files. Scope of API keys: `files:create`. */
    upload: (body: Body<'datasets.upload'>, options?: Options) =>
      calls.data<Data<'datasets.upload'>>({ method: 'POST', path: '/v1/upload', takesKey: true, takesForm: true }, { body }, options),
  },
  exports: {
    /** Write a dataset, or things of yours, to a file. Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/exports/{id}. Scope of API keys: `exports:create`. */
    create: (body: Body<'exports.create'>, options?: Options) =>
      calls.data<Data<'exports.create'>>({ method: 'POST', path: '/v1/export', takesKey: true }, { body }, options),
    /** List exports, newest first. Scope of API keys: `exports:read`. */
    list: (query?: Query<'exports.list'>, options?: Options) =>
      calls.page<Page<'exports.list'>>({ method: 'GET', path: '/v1/exports' }, { query }, options),
    /** List exports, newest first. Scope of API keys: `exports:read`. */
    listAll: (query?: Query<'exports.list'>, options?: Options) =>
      calls.items<Item<'exports.list'>>({ method: 'GET', path: '/v1/exports' }, { query }, options),
    /** Get an export, with the signed address of its file. Scope of API keys: `exports:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'exports.get'>>({ method: 'GET', path: '/v1/exports/{id}' }, { path: { id } }, options),
    /** Delete an export and its file. Scope of API keys: `exports:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/exports/{id}' }, { path: { id } }, options),
  },
  reports: {
    /** Write the usage of a period to a PDF with charts. Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/reports/{id}. Scope of API keys: `reports:create`. */
    create: (body: Body<'reports.create'>, options?: Options) =>
      calls.data<Data<'reports.create'>>({ method: 'POST', path: '/v1/reports', takesKey: true }, { body }, options),
    /** List reports, newest first. Scope of API keys: `reports:read`. */
    list: (query?: Query<'reports.list'>, options?: Options) =>
      calls.page<Page<'reports.list'>>({ method: 'GET', path: '/v1/reports' }, { query }, options),
    /** List reports, newest first. Scope of API keys: `reports:read`. */
    listAll: (query?: Query<'reports.list'>, options?: Options) =>
      calls.items<Item<'reports.list'>>({ method: 'GET', path: '/v1/reports' }, { query }, options),
    /** Get a report, with the signed address of its file. Scope of API keys: `reports:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'reports.get'>>({ method: 'GET', path: '/v1/reports/{id}' }, { path: { id } }, options),
    /** Delete a report and its file. Scope of API keys: `reports:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/reports/{id}' }, { path: { id } }, options),
  },
  syncs: {
    /** Pull an external JSON or CSV source into a dataset from time to time. The first run begins at once. A dataset has one sync at most. Scope of API keys: `syncs:create`. */
    create: (body: Body<'syncs.create'>, options?: Options) =>
      calls.data<Data<'syncs.create'>>({ method: 'POST', path: '/v1/syncs', takesKey: true }, { body }, options),
    /** List syncs, newest first. Scope of API keys: `syncs:read`. */
    list: (query?: Query<'syncs.list'>, options?: Options) =>
      calls.page<Page<'syncs.list'>>({ method: 'GET', path: '/v1/syncs' }, { query }, options),
    /** List syncs, newest first. Scope of API keys: `syncs:read`. */
    listAll: (query?: Query<'syncs.list'>, options?: Options) =>
      calls.items<Item<'syncs.list'>>({ method: 'GET', path: '/v1/syncs' }, { query }, options),
    /** Get a sync. Scope of API keys: `syncs:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'syncs.get'>>({ method: 'GET', path: '/v1/syncs/{id}' }, { path: { id } }, options),
    /** Change a sync, or enable it again. Headers go when `url` changes to another origin, unless they are given with it. Scope of API keys: `syncs:update`. */
    update: (id: string, body: Body<'syncs.update'>, options?: Options) =>
      calls.data<Data<'syncs.update'>>({ method: 'PATCH', path: '/v1/syncs/{id}' }, { path: { id }, body }, options),
    /** Delete a sync and its runs; the dataset stays. Scope of API keys: `syncs:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/syncs/{id}' }, { path: { id } }, options),
    /** List the runs of a sync in the last 30 days, newest first, with what changed in each. Scope of API keys: `syncs:read`. */
    runs: (id: string, query?: Query<'syncs.runs'>, options?: Options) =>
      calls.page<Page<'syncs.runs'>>({ method: 'GET', path: '/v1/syncs/{id}/runs' }, { path: { id }, query }, options),
    /** List the runs of a sync in the last 30 days, newest first, with what changed in each. Scope of API keys: `syncs:read`. */
    allRuns: (id: string, query?: Query<'syncs.runs'>, options?: Options) =>
      calls.items<Item<'syncs.runs'>>({ method: 'GET', path: '/v1/syncs/{id}/runs' }, { path: { id }, query }, options),
    /** Run a sync now. 409 `SYNC_RUNS` while it runs, `SYNC_DISABLED` when it is disabled. Scope of API keys: `syncs:update`. */
    run: (id: string, options?: Options) =>
      calls.data<Data<'syncs.run'>>({ method: 'POST', path: '/v1/syncs/{id}/run', takesKey: true }, { path: { id } }, options),
  },
  projects: {
    /** Make a project, which takes one live feed and sends it to its destinations. The stream key is shown in this answer only. Scope of API keys: `projects:create`. */
    create: (body: Body<'projects.create'>, options?: Options) =>
      calls.data<Data<'projects.create'>>({ method: 'POST', path: '/v1/projects', takesKey: true }, { body }, options),
    /** List projects, newest first. Scope of API keys: `projects:read`. */
    list: (query?: Query<'projects.list'>, options?: Options) =>
      calls.page<Page<'projects.list'>>({ method: 'GET', path: '/v1/projects' }, { query }, options),
    /** List projects, newest first. Scope of API keys: `projects:read`. */
    listAll: (query?: Query<'projects.list'>, options?: Options) =>
      calls.items<Item<'projects.list'>>({ method: 'GET', path: '/v1/projects' }, { query }, options),
    /** Give a project another stream key. The old one is worth nothing any more: a publisher that is live with it is disconnected. The new one is shown in this answer only. Scope of API keys: `projects:update`. */
    streamKey: (id: string, options?: Options) =>
      calls.data<Data<'projects.streamKey'>>({ method: 'POST', path: '/v1/projects/{id}/stream-key' }, { path: { id } }, options),
    /** Get a project. Scope of API keys: `projects:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'projects.get'>>({ method: 'GET', path: '/v1/projects/{id}' }, { path: { id } }, options),
    /** Change a project. Scope of API keys: `projects:update`. */
    update: (id: string, body: Body<'projects.update'>, options?: Options) =>
      calls.data<Data<'projects.update'>>({ method: 'PATCH', path: '/v1/projects/{id}' }, { path: { id }, body }, options),
    /** Delete a project with its destinations and the history of its streams; one that is live ends. Scope of API keys: `projects:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/projects/{id}' }, { path: { id } }, options),
    /** Add a destination to a project. A project that is live begins to send to it at once. Scope of API keys: `projects:update`. */
    createDestination: (id: string, body: Body<'projects.createDestination'>, options?: Options) =>
      calls.data<Data<'projects.createDestination'>>({ method: 'POST', path: '/v1/projects/{id}/destinations', takesKey: true }, { path: { id }, body }, options),
    /** List a project's destinations, in their order. Scope of API keys: `projects:read`. */
    destinations: (id: string, query?: Query<'projects.destinations'>, options?: Options) =>
      calls.page<Page<'projects.destinations'>>({ method: 'GET', path: '/v1/projects/{id}/destinations' }, { path: { id }, query }, options),
    /** List a project's destinations, in their order. Scope of API keys: `projects:read`. */
    allDestinations: (id: string, query?: Query<'projects.destinations'>, options?: Options) =>
      calls.items<Item<'projects.destinations'>>({ method: 'GET', path: '/v1/projects/{id}/destinations' }, { path: { id }, query }, options),
    /** List a project's streams, newest first. Scope of API keys: `projects:read`. */
    streams: (id: string, query?: Query<'projects.streams'>, options?: Options) =>
      calls.page<Page<'projects.streams'>>({ method: 'GET', path: '/v1/projects/{id}/streams' }, { path: { id }, query }, options),
    /** List a project's streams, newest first. Scope of API keys: `projects:read`. */
    allStreams: (id: string, query?: Query<'projects.streams'>, options?: Options) =>
      calls.items<Item<'projects.streams'>>({ method: 'GET', path: '/v1/projects/{id}/streams' }, { path: { id }, query }, options),
    /** Follow a project's streams and destinations live. Server-Sent Events such as `stream.live` and `destination.errored`, numbered from 1 without gaps. Without `Last-Event-ID` all that are kept are told first. Scope of API keys: `projects:read`. */
    events: (id: string, options?: Options) =>
      calls.events<EventData<'projects.events'>>({ method: 'GET', path: '/v1/projects/{id}/events' }, { path: { id } }, options),
    /** Watch what a project sends now. Links to a live HLS playlist and a picture. Whoever has a link can use it for an hour. Scope of API keys: `projects:read`. */
    preview: (id: string, options?: Options) =>
      calls.data<Data<'projects.preview'>>({ method: 'GET', path: '/v1/projects/{id}/preview' }, { path: { id } }, options),
    /** Get a picture of what a project sends now. Scope of API keys: `projects:read`. */
    thumbnail: (id: string, options?: Options) =>
      calls.response({ method: 'GET', path: '/v1/projects/{id}/thumbnail' }, { path: { id } }, options),
  },
  destinations: {
    /** Get a destination. Scope of API keys: `projects:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'destinations.get'>>({ method: 'GET', path: '/v1/destinations/{id}' }, { path: { id } }, options),
    /** Change a destination. With another address or key, a relay that runs begins anew. Scope of API keys: `projects:update`. */
    update: (id: string, body: Body<'destinations.update'>, options?: Options) =>
      calls.data<Data<'destinations.update'>>({ method: 'PATCH', path: '/v1/destinations/{id}' }, { path: { id }, body }, options),
    /** Delete a destination; a relay that runs ends. Scope of API keys: `projects:update`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/destinations/{id}' }, { path: { id } }, options),
    /** Send the feed to a destination; where it fails, try again at once. `enabled` tells what is wanted now; `state` follows while the project is live. Scope of API keys: `projects:update`. */
    start: (id: string, options?: Options) =>
      calls.data<Data<'destinations.start'>>({ method: 'POST', path: '/v1/destinations/{id}/start' }, { path: { id } }, options),
    /** Send no feed to a destination. `enabled` tells what is wanted now; `state` follows while the project is live. Scope of API keys: `projects:update`. */
    stop: (id: string, options?: Options) =>
      calls.data<Data<'destinations.stop'>>({ method: 'POST', path: '/v1/destinations/{id}/stop' }, { path: { id } }, options),
  },
  streams: {
    /** Get a stream. Scope of API keys: `projects:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'streams.get'>>({ method: 'GET', path: '/v1/streams/{id}' }, { path: { id } }, options),
    /** List what happened to a stream, oldest first. Scope of API keys: `projects:read`. */
    events: (id: string, query?: Query<'streams.events'>, options?: Options) =>
      calls.page<Page<'streams.events'>>({ method: 'GET', path: '/v1/streams/{id}/events' }, { path: { id }, query }, options),
    /** List what happened to a stream, oldest first. Scope of API keys: `projects:read`. */
    allEvents: (id: string, query?: Query<'streams.events'>, options?: Options) =>
      calls.items<Item<'streams.events'>>({ method: 'GET', path: '/v1/streams/{id}/events' }, { path: { id }, query }, options),
    /** Ask whether a publisher may begin. For `on_publish` of nginx-rtmp. Only a 2xx lets the publisher in. */
    onPublish: (body: Body<'streams.onPublish'>, options?: Options) =>
      calls.nothing({ method: 'POST', path: '/v1/streams/on_publish', isPublic: true }, { body }, options),
    /** Tell that a publisher has ended. For `on_publish_done` of nginx-rtmp: the stream ends at once. */
    onPublishDone: (body: Body<'streams.onPublishDone'>, options?: Options) =>
      calls.nothing({ method: 'POST', path: '/v1/streams/on_publish_done', isPublic: true }, { body }, options),
    /** Tell that a publisher is there. For `on_update` of nginx-rtmp: any answer but a 2xx drops the publisher, such as after its stream key was changed. */
    onUpdate: (body: Body<'streams.onUpdate'>, options?: Options) =>
      calls.nothing({ method: 'POST', path: '/v1/streams/on_update', isPublic: true }, { body }, options),
  },
  relays: {
    /** List the streams that run, with the states of their destinations. Scope of API keys: `projects:read`. */
    list: (query?: Query<'relays.list'>, options?: Options) =>
      calls.page<Page<'relays.list'>>({ method: 'GET', path: '/v1/relays' }, { query }, options),
    /** List the streams that run, with the states of their destinations. Scope of API keys: `projects:read`. */
    listAll: (query?: Query<'relays.list'>, options?: Options) =>
      calls.items<Item<'relays.list'>>({ method: 'GET', path: '/v1/relays' }, { query }, options),
  },
  webhooks: {
    /** Add a webhook. The answer holds the secret that verifies signatures (Standard Webhooks 1.0). Keep it. Scope of API keys: `webhooks:create`. */
    create: (body: Body<'webhooks.create'>, options?: Options) =>
      calls.data<Data<'webhooks.create'>>({ method: 'POST', path: '/v1/webhooks', takesKey: true }, { body }, options),
    /** List webhooks, newest first. Scope of API keys: `webhooks:read`. */
    list: (query?: Query<'webhooks.list'>, options?: Options) =>
      calls.page<Page<'webhooks.list'>>({ method: 'GET', path: '/v1/webhooks' }, { query }, options),
    /** List webhooks, newest first. Scope of API keys: `webhooks:read`. */
    listAll: (query?: Query<'webhooks.list'>, options?: Options) =>
      calls.items<Item<'webhooks.list'>>({ method: 'GET', path: '/v1/webhooks' }, { query }, options),
    /** Make a new secret; the one before it signs too for 24 hours. Scope of API keys: `webhooks:update`. */
    secret: (id: string, options?: Options) =>
      calls.data<Data<'webhooks.secret'>>({ method: 'POST', path: '/v1/webhooks/{id}/secret', takesKey: true }, { path: { id } }, options),
    /** Get a webhook. Scope of API keys: `webhooks:read`. */
    get: (id: string, options?: Options) =>
      calls.data<Data<'webhooks.get'>>({ method: 'GET', path: '/v1/webhooks/{id}' }, { path: { id } }, options),
    /** Change a webhook, or enable it again. Scope of API keys: `webhooks:update`. */
    update: (id: string, body: Body<'webhooks.update'>, options?: Options) =>
      calls.data<Data<'webhooks.update'>>({ method: 'PATCH', path: '/v1/webhooks/{id}' }, { path: { id }, body }, options),
    /** Delete a webhook and its deliveries. Scope of API keys: `webhooks:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/webhooks/{id}' }, { path: { id } }, options),
    /** List what was sent to a webhook in the last 30 days, newest first. Scope of API keys: `webhooks:read`. */
    deliveries: (id: string, query?: Query<'webhooks.deliveries'>, options?: Options) =>
      calls.page<Page<'webhooks.deliveries'>>({ method: 'GET', path: '/v1/webhooks/{id}/deliveries' }, { path: { id }, query }, options),
    /** List what was sent to a webhook in the last 30 days, newest first. Scope of API keys: `webhooks:read`. */
    allDeliveries: (id: string, query?: Query<'webhooks.deliveries'>, options?: Options) =>
      calls.items<Item<'webhooks.deliveries'>>({ method: 'GET', path: '/v1/webhooks/{id}/deliveries' }, { path: { id }, query }, options),
    /** Send the event `webhook.test`. Scope of API keys: `webhooks:update`. */
    test: (id: string, options?: Options) =>
      calls.data<Data<'webhooks.test'>>({ method: 'POST', path: '/v1/webhooks/{id}/test' }, { path: { id } }, options),
  },
  deliveries: {
    /** Send a delivery once more. Scope of API keys: `webhooks:update`. */
    replay: (id: string, options?: Options) =>
      calls.data<Data<'deliveries.replay'>>({ method: 'POST', path: '/v1/deliveries/{id}/replay' }, { path: { id } }, options),
  },
  flags: {
    /** What feature flags are for you. Scope of API keys: `flags:read`. */
    list: (options?: Options) =>
      calls.data<Data<'flags.list'>>({ method: 'GET', path: '/v1/flags' }, {  }, options),
  },
  posts: {
    /** Follow posts by RSS 2.0. The 20 posts that were published last. */
    feedRss: (query?: Query<'posts.feedRss'>, options?: Options) =>
      calls.response({ method: 'GET', path: '/v1/posts/feed.rss', isPublic: true }, { query }, options),
    /** Follow posts by Atom. The 20 posts that were published last. */
    feedAtom: (query?: Query<'posts.feedAtom'>, options?: Options) =>
      calls.response({ method: 'GET', path: '/v1/posts/feed.atom', isPublic: true }, { query }, options),
    /** List and search posts. Published posts for everybody; to who is signed in, own drafts and scheduled ones too; to managers and admins, all. */
    list: (query?: Query<'posts.list'>, options?: Options) =>
      calls.page<Page<'posts.list'>>({ method: 'GET', path: '/v1/posts' }, { query }, options),
    /** List and search posts. Published posts for everybody; to who is signed in, own drafts and scheduled ones too; to managers and admins, all. */
    listAll: (query?: Query<'posts.list'>, options?: Options) =>
      calls.items<Item<'posts.list'>>({ method: 'GET', path: '/v1/posts' }, { query }, options),
    /** Write a post. Scope of API keys: `posts:create`. */
    create: (body: Body<'posts.create'>, options?: Options) =>
      calls.data<Data<'posts.create'>>({ method: 'POST', path: '/v1/posts', takesKey: true }, { body }, options),
    /** Get a post, by its id or its slug. The `ETag` serves `If-Match` too: it begins with the version. */
    get: (id: string, query?: Query<'posts.get'>, options?: Options) =>
      calls.data<Data<'posts.get'>>({ method: 'GET', path: '/v1/posts/{id}' }, { path: { id }, query }, options),
    /** Change, schedule, publish or withdraw a post. Scope of API keys: `posts:update`. */
    update: (id: string, body: Body<'posts.update'>, options?: Options) =>
      calls.data<Data<'posts.update'>>({ method: 'PATCH', path: '/v1/posts/{id}' }, { path: { id }, body }, options),
    /** Delete a post; it can be brought back for 30 days. Scope of API keys: `posts:delete`. */
    delete: (id: string, options?: Options) =>
      calls.nothing({ method: 'DELETE', path: '/v1/posts/{id}' }, { path: { id } }, options),
    /** Get a post's picture. */
    cover: (id: string, options?: Options) =>
      calls.nothing({ method: 'GET', path: '/v1/posts/{id}/cover' }, { path: { id } }, options),
    /** Bring a deleted post back. Scope of API keys: `posts:delete`. */
    restore: (id: string, options?: Options) =>
      calls.data<Data<'posts.restore'>>({ method: 'POST', path: '/v1/posts/{id}/restore' }, { path: { id } }, options),
  },
  notifications: {
    /** List your notifications, newest first. They are kept for 30 days. As they come: the topic `notifications` of `GET /realtime`. Scope of API keys: `notifications:read`. */
    list: (query?: Query<'notifications.list'>, options?: Options) =>
      calls.page<Page<'notifications.list'>>({ method: 'GET', path: '/v1/notifications' }, { query }, options),
    /** List your notifications, newest first. They are kept for 30 days. As they come: the topic `notifications` of `GET /realtime`. Scope of API keys: `notifications:read`. */
    listAll: (query?: Query<'notifications.list'>, options?: Options) =>
      calls.items<Item<'notifications.list'>>({ method: 'GET', path: '/v1/notifications' }, { query }, options),
  },
  batch: {
    /** Make several calls in one transaction. All or nothing, in order, each with the rights, limits and answers that it has alone. The first call that fails is the answer: its status, its code, and `calls.<index>` in `errors`; then nothing has happened. For calls whose whole effect is in the database: others are refused with `NOT_BATCHABLE`. */
    create: (body: Body<'batch.create'>, options?: Options) =>
      calls.data<Data<'batch.create'>>({ method: 'POST', path: '/v1/batch', takesKey: true }, { body }, options),
  },
})
