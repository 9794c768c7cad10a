import { z } from 'zod';

/** NIST SP 800-63B: length counts, composition does not; 64 and more must be possible. */
export const NewPassword = z
  .string()
  .min(12, 'パスワードは12文字以上にしてください')
  .max(200, 'パスワードは200文字以内にしてください');

export const LogIn = z
  .strictObject({ login: z.string().trim().min(1).max(100), password: z.string().min(1).max(200) })
  .meta({ id: 'LogIn' });
export type LogIn = z.infer<typeof LogIn>;

export const Session = z
  .object({
    user: z.object({ id: z.uuid(), login: z.string(), name: z.string() }),
    permissions: z.array(z.string()),
    mustChangePassword: z.boolean(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const PasswordChange = z
  .strictObject({ currentPassword: z.string().min(1).max(200), newPassword: NewPassword })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof PasswordChange>;
