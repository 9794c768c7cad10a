import { describe, expect, it } from '@jest/globals';
import { NewPassword } from './session.schema.ts';
import { passwordProblem } from './password-policy.ts';

const problem = (password: string) =>
  passwordProblem(password, { login: 'admin', name: '管理者', office: ['mizuho-city', 'みずほ市役所', '瑞穂市'] });

describe('a new password', () => {
  it.each([
    'mado-guchi-no-akari',
    'correct horse battery staple',
    'ひるやすみのそばとうどん',
    '7Tk!pq9-Zr2mWx',
    'admin no neko wa shiroi',
    '瑞穂市のさくらはいつさくのか',
  ])('may be %s', (password) => {
    expect(problem(password)).toBeNull();
  });

  it.each([
    ['Password2026!', '使われる'],
    ['password1234', '使われる'],
    ['ＰＡＳＳＷＯＲＤ１２３４', '使われる'],
    ['administrator', '使われる'],
    ['denwaban-2026', '使われる'],
    ['123412341234', '使われる'],
    ['aaaabbbbaaaabbbb', '繰り返し'],
    ['x12345678y!!', '並び'],
    ['qwertyuiop-ab', '並び'],
    ['1qaz2wsx3edc', '並び'],
    ['9admin-admin-37x', '推測'],
    ['mizuho-city-1', '推測'],
    ['みずほ市役所みずほ市役所', '推測'],
    ['瑞穂市令和八年四月', '推測'],
  ])('is refused when others would try it first: %s', (password, reason) => {
    expect(problem(password)).toContain(reason);
  });

  it('may be long', () => {
    expect(NewPassword.safeParse('x'.repeat(12)).success).toBe(true);
    expect(NewPassword.safeParse('x'.repeat(200)).success).toBe(true);
    expect(NewPassword.safeParse('x'.repeat(11)).success).toBe(false);
  });
});
