import { AppError } from '../../platform/errors.ts'

/** Bull Board offers more than jobs here know, such as pausing a queue. */
export const refusedOnBoard = () =>
  new AppError(405, 'NOT_ON_THIS_BOARD', 'Jobs here can be looked at, run again and cancelled, nothing else.')
