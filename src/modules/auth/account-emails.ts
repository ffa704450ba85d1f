import { type Html, html } from '../../platform/http/html.ts'

type Mail = { subject: string; text: string; html: string }
type Content = { subject: string; paragraphs: string[]; links?: { label: string; url: string }[] }

/** One content as text and as the same in markup. */
const mail = ({ subject, paragraphs, links = [] }: Content): Mail => {
  const text = [...paragraphs, ...links.map(({ label, url }) => `${label}:\n${url}`)].join('\n\n')
  const body = paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)
  for (const { label, url } of links) body.push(html`<p><a href="${url}">${label}</a></p>`)
  return { subject, text: `${text}\n`, html: document(subject, body).markup }
}

const document = (title: string, body: Html[]): Html =>
  html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${{
    markup: body.map(({ markup }) => markup).join('\n'),
  }}</body></html>`

const unlessYou =
  'If it was not you, choose a new password at once with "forgot password", and tell your administrator.'

export const confirmAddressMail = (url: string): Mail =>
  mail({
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'Welcome to Backlot. An account with this e-mail address has just been made.',
      'If it was you, confirm with your password that the address is yours. The link works for one day.',
      'If it was not you, do nothing: without your confirmation the account does not own your address. To take it over, choose ' +
        'a new password with "forgot password": that ends whatever its maker can do in it.',
    ],
    links: [{ label: 'Confirm the address', url }],
  })

export const addressTakenMail = (url: string): Mail =>
  mail({
    subject: 'You already have an account',
    paragraphs: [
      'Somebody has just signed up to Backlot with your e-mail address, which already belongs to your account.',
      'If it was you, sign in as usual. If you have forgotten your password, you can choose a new one.',
      'If it was not you, there is nothing to do: your account is as it was.',
    ],
    links: [{ label: 'Choose a new password', url }],
  })

/** @param links one an account; more than one only while nobody has confirmed the address */
export const resetPasswordMail = (links: { url: string; madeAt: Date }[]): Mail =>
  mail({
    subject: 'Choose a new password',
    paragraphs: [
      'A new password was asked for, for your Backlot account. The link works once, for one hour, and ends all sessions.',
      ...(links.length > 1
        ? [
            'There is more than one account with your address, and anybody could have made them. Choose the one that ' +
              'you made: from then on it owns your address.',
          ]
        : []),
      'If you did not ask for it, do nothing: your password stays as it is.',
    ],
    links: links.map(({ url, madeAt }) => ({
      label:
        links.length > 1
          ? `For the account made on ${dateFormat.format(madeAt)} UTC`
          : 'Choose a new password',
      url,
    })),
  })

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'medium',
  timeZone: 'UTC',
})

export const invitationMail = (url: string): Mail =>
  mail({
    subject: 'Your Backlot account',
    paragraphs: [
      'An account has been made for you on Backlot. Choose its password to sign in. The link works once, for seven days.',
    ],
    links: [{ label: 'Choose a password', url }],
  })

export const passwordChangedMail = (): Mail =>
  mail({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your Backlot account has just been changed, and other sessions have been ended.',
      unlessYou,
    ],
  })

export const secondFactorSetMail = (): Mail =>
  mail({
    subject: 'A second factor was set',
    paragraphs: [
      'From now on signing in to your Backlot account takes a code of an app too. Keep your recovery codes where you find ' +
        'them without it.',
      unlessYou,
    ],
  })

export const secondFactorRemovedMail = (): Mail =>
  mail({
    subject: 'Your second factor was taken away',
    paragraphs: ['From now on your password is enough to sign in to your Backlot account.', unlessYou],
  })

export const webhookDisabledMail = ({ host, reason }: { host: string; reason: string }): Mail =>
  mail({
    subject: 'A webhook was disabled',
    paragraphs: [
      `Backlot sends nothing more to your webhook at ${host}. ${reason}`,
      'When the receiver works again, enable the webhook again. What happens until then is not kept for it.',
    ],
  })

export const syncDisabledMail = ({
  name,
  host,
  reason,
}: {
  name: string
  host: string
  reason: string
}): Mail =>
  mail({
    subject: 'A sync was disabled',
    paragraphs: [
      `Backlot pulls nothing more from ${host} for your sync "${name}". ${reason}`,
      'When what is wrong is put right, enable the sync again.',
    ],
  })

export const passkeyAddedMail = (): Mail =>
  mail({
    subject: 'A passkey was added',
    paragraphs: [
      'From now on a new passkey signs in to your Backlot account. You see all of them, and can delete them, in your account.',
      'If it was not you, delete it, choose a new password at once with "forgot password", and tell your administrator.',
    ],
  })

export const passkeyRemovedMail = (): Mail =>
  mail({
    subject: 'A passkey was deleted',
    paragraphs: ['One of your passkeys no longer signs in to your Backlot account.', unlessYou],
  })

export const identityLinkedMail = (provider: string): Mail =>
  mail({
    subject: `You can sign in with ${provider} now`,
    paragraphs: [
      `From now on signing in with ${provider} opens your Backlot account too.`,
      'If it was not you, choose a new password with "forgot password", take the provider away from your account, and tell ' +
        'your administrator.',
    ],
  })

export const identityUnlinkedMail = (provider: string): Mail =>
  mail({
    subject: `You can no longer sign in with ${provider}`,
    paragraphs: [`${provider} has been taken away from your Backlot account.`, unlessYou],
  })
