import { type Html, html } from '../../platform/http/html.ts'

type Mail = { subject: string; text: string; html: string }
type Content = { subject: string; paragraphs: string[]; link?: { label: string; url: string } }

/** One content as text and as the same in markup. */
const mail = ({ subject, paragraphs, link }: Content): Mail => {
  const text = [...paragraphs, ...(link === undefined ? [] : [`${link.label}:\n${link.url}`])].join('\n\n')
  const body = paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)
  if (link !== undefined) body.push(html`<p><a href="${link.url}">${link.label}</a></p>`)
  return { subject, text: `${text}\n`, html: document(subject, body).markup }
}

const document = (title: string, body: Html[]): Html =>
  html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${{
    markup: body.map(({ markup }) => markup).join('\n'),
  }}</body></html>`

export const confirmAddressMail = (url: string): Mail =>
  mail({
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'Welcome to Backlot. An account with this e-mail address has just been made.',
      'If it was you, confirm that the address is yours. The link works for one day.',
      'If it was not you, do nothing: without your confirmation the account does not own your address.',
    ],
    link: { label: 'Confirm the address', url },
  })

export const addressTakenMail = (url: string): Mail =>
  mail({
    subject: 'You already have an account',
    paragraphs: [
      'Somebody has just signed up to Backlot with your e-mail address, which already belongs to your account.',
      'If it was you, sign in as usual. If you have forgotten your password, you can choose a new one.',
      'If it was not you, there is nothing to do: your account is as it was.',
    ],
    link: { label: 'Choose a new password', url },
  })

export const resetPasswordMail = (url: string): Mail =>
  mail({
    subject: 'Choose a new password',
    paragraphs: [
      'A new password was asked for, for your Backlot account. The link works once, for one hour, and ends all sessions.',
      'If you did not ask for it, do nothing: your password stays as it is.',
    ],
    link: { label: 'Choose a new password', url },
  })

export const invitationMail = (url: string): Mail =>
  mail({
    subject: 'Your Backlot account',
    paragraphs: [
      'An account has been made for you on Backlot. Choose its password to sign in. The link works once, for seven days.',
    ],
    link: { label: 'Choose a password', url },
  })

export const passwordChangedMail = (): Mail =>
  mail({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your Backlot account has just been changed, and other sessions have been ended.',
      'If it was not you, choose a new password at once with "forgot password", and tell your administrator.',
    ],
  })
