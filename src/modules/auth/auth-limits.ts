import { type AttemptLimit, sharedAttemptLimit } from '../../platform/attempt-limit.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import type { SharedLimits } from '../../platform/shared-limits.ts'
import { parallelLimit } from './parallel-limit.ts'
import { networkOf } from './sessions.ts'

type AuthLimitOptions = { addressPerMinute: number; sharedLimits?: SharedLimits | undefined }

const secondMs = 1_000
const minuteMs = 60_000

/** At 50 ms a hash, what one network address has underway keeps others waiting for about three seconds at most. */
const mostPasswordsInHand = 64

/**
 * The limits of everything that guesses, mails or makes accounts. None counts by e-mail address alone, but for mail: whoever
 * wants to lock a user out only locks out his own network.
 */
export const createAuthLimits = ({ addressPerMinute, sharedLimits }: AuthLimitOptions) => {
  const limit = (name: string, rate: { burst: number; refillMs: number }) =>
    sharedAttemptLimit(sharedLimits, name, rate)
  return {
    /** Wrong passwords and sign-ups, by network address and e-mail address. */
    passwordByAddressAndEmail: limit('passwordByAddressAndEmail', { burst: 10, refillMs: minuteMs }),
    /** The same by network: an IPv6 /48 has 65,536 addresses of its own. */
    passwordByNetworkAndEmail: limit('passwordByNetworkAndEmail', { burst: 50, refillMs: 12 * secondMs }),
    /** Wrong passwords by network address. */
    passwordByAddress: limit('passwordByAddress', { burst: 100, refillMs: 10 * secondMs }),
    /** Wrong passwords and sign-ups by network. */
    passwordByNetwork: limit('passwordByNetwork', { burst: 1_000, refillMs: secondMs }),
    /** Wrong passwords where a signed-in user must repeat his. */
    passwordBySession: limit('passwordBySession', { burst: 10, refillMs: minuteMs }),
    /**
     * Wrong codes of a second factor, by user: with 3 of 1,000,000 codes right at a time, even odds take who has the password two years.
     * It locks out a user whose password somebody has; a new password by mail does not wait for it, nor does what his sessions do without a new proof.
     */
    codeByUser: limit('codeByUser', { burst: 10, refillMs: 5 * minuteMs }),
    /** Refused passkeys, by network address. */
    passkeyByAddress: limit('passkeyByAddress', { burst: 100, refillMs: 10 * secondMs }),
    /** Challenges for passkeys, each a row for a while, by network address or user. A page may ask for one whenever it opens. */
    passkeyChallenges: limit('passkeyChallenges', {
      burst: Math.ceil(addressPerMinute / 4),
      refillMs: secondMs,
    }),
    /** Sign-ins by providers that came to nothing or made an account, and codes of them that were wrong, by network address. */
    providerByAddress: limit('providerByAddress', { burst: 60, refillMs: 10 * secondMs }),
    /** Logins and sign-ups whose password is hashed or waits for it, by network address. */
    passwordsInHand: parallelLimit(mostPasswordsInHand),
    /** Sign-ups, each with its mail, by network address: a class may begin together, and an operator who raises the limit
     * of all requests expects more of them from one address. */
    signupByAddress: limit('signupByAddress', {
      burst: Math.ceil(addressPerMinute / 10),
      refillMs: 10 * secondMs,
    }),
    /** Other requests for a mail, by network address. */
    mailByAddress: limit('mailByAddress', { burst: 20, refillMs: 30 * secondMs }),
    /** Mails to confirm an address, by mailbox. Past it nothing is sent, and the answer is the same. */
    confirmationByMailbox: limit('confirmationByMailbox', { burst: 5, refillMs: 12 * minuteMs }),
    /** Mails to reset a password, by mailbox. Who uses them up has them sent to the owner, who never waits long for the next. */
    resetByMailbox: limit('resetByMailbox', { burst: 5, refillMs: 5 * minuteMs }),
  }
}

export type AuthLimits = ReturnType<typeof createAuthLimits>

/** The limits that a guess at the password of an e-mail address counts against, wherever it is made. */
export const guessLimits = (
  limits: AuthLimits,
  address: string,
  email: string,
): [AttemptLimit, key: string][] => {
  const network = networkOf(address)
  return [
    [limits.passwordByAddressAndEmail, `${addressKey(address)} ${email}`],
    [limits.passwordByNetworkAndEmail, `${network} ${email}`],
    [limits.passwordByNetwork, network],
  ]
}
