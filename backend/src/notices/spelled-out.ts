/** 8:30, and not a part of something longer. */
const CLOCK_TIME = /(?<![\d:.])(\d{1,2}):([0-5]\d)(?![\d:])/g;
/** As it stands between times, days and figures. */
const FROM_TO =
  /(?<=[\d時分日月火水木金土曜年])\s*[~〜]\s*(?=[\d月火水木金土日正翌])|(?<=[時分])\s*[-‐–—−ー]\s*(?=\d)/gu;

/**
 * Notices are written as on a door, and no voice reads that: 8:30～17:15 would be four figures.
 * @returns the same in words that can be read aloud: 8時30分から17時15分
 */
export const spelledOut = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(CLOCK_TIME, (_, hours: string, minutes: string) => {
      return `${Number(hours)}時${minutes === '00' ? '' : `${Number(minutes)}分`}`;
    })
    .replace(FROM_TO, 'から')
    .replace(/(?<=\d)\s*%/g, 'パーセント');
