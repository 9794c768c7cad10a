import { EVIDENCE_PARTS, EVIDENCE_STAMP } from './evidence-parts.ts';

/*
 * What a package says about itself. The commands are run by a test exactly as they stand here: they need a POSIX shell,
 * openssl, flac and sha256sum, and nothing of ours.
 */

export interface HowToFacts {
  /** Name of the audio in the package. */
  audio: string;
  /** SHA-256 of the public key, as the console and the page show it. */
  fingerprint: string;
  /** Name of the log: of the box. */
  origin: string;
  /** Whether there is a time stamp. */
  isStamped: boolean;
}

/** A public key's fingerprint for reading out: `AB12 CD34 ...`. @param hex of its SHA-256 */
export const readableFingerprint = (hex: string) => (hex.toUpperCase().match(/.{4}/g) ?? []).join(' ');

const { recordingProof, manifestProof, manifest, key, verifier } = EVIDENCE_PARTS;

/** The same steps in both languages; each begins with its number. */
const steps = (audio: string): readonly string[][] => [
  [`flac --test ${audio}`],
  [
    `sed -n 's/^extra //p' ${recordingProof} | base64 -d > record.json`,
    `sed -n 's/.*"sha256":"\\([0-9a-f]*\\)".*/\\1  ${audio}/p' record.json | sha256sum --check`,
  ],
  [
    `printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000' > key.der`,
    `head -n 1 ${key} | cut -d+ -f3- | base64 -d | tail -c 32 >> key.der`,
    `name=$(head -n 1 ${key} | cut -d+ -f1)`,
    `signed() {`,
    `  sed '1,/^$/d' "$1" > note.txt`,
    `  sed '/^$/,$d' note.txt > checkpoint.txt`,
    `  sed -n "s|^— $name ||p" note.txt | head -n 1 | base64 -d | tail -c +5 > signature.bin`,
    `  openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in checkpoint.txt -sigfile signature.bin`,
    `}`,
    `signed ${recordingProof}`,
    `signed ${manifestProof}`,
  ],
  [`tail -c 32 key.der | sha256sum`],
  [
    `included() {`,
    `  sed '1,/^$/d' "$1" > checkpoint.txt`,
    `  index=$(sed -n 's/^index //p' "$1"); last=$(($(sed -n 2p checkpoint.txt) - 1))`,
    `  { printf '\\000'; sed -n 's/^extra //p' "$1" | base64 -d; } | openssl dgst -sha256 -binary > hash.bin`,
    `  for sibling in $(sed -n '/^index/,/^$/p' "$1" | sed '1d;/^$/d'); do`,
    `    echo "$sibling" | base64 -d > sibling.bin`,
    `    if [ $((index % 2)) = 1 ] || [ "$index" = "$last" ]; then`,
    `      { printf '\\001'; cat sibling.bin hash.bin; } | openssl dgst -sha256 -binary > next.bin`,
    `      while [ $((index % 2)) = 0 ] && [ "$index" != 0 ]; do index=$((index / 2)); last=$((last / 2)); done`,
    `    else`,
    `      { printf '\\001'; cat hash.bin sibling.bin; } | openssl dgst -sha256 -binary > next.bin`,
    `    fi`,
    `    mv next.bin hash.bin; index=$((index / 2)); last=$((last / 2))`,
    `  done`,
    `  [ "$(base64 hash.bin)" = "$(sed -n 3p checkpoint.txt)" ] && echo OK || echo NG`,
    `}`,
    `included ${recordingProof}`,
    `included ${manifestProof}`,
  ],
  [
    `sed -n 's/^extra //p' ${manifestProof} | base64 -d > issued.json`,
    `sed -n 's/.*"subject":"\\([0-9a-f]*\\)".*/\\1  ${manifest}/p' issued.json | sha256sum --check`,
    `sed -n 's/.*"name":"\\(.*\\)","sizeBytes":.*"sha256":"\\([0-9a-f]*\\)".*/\\2  \\1/p' ${manifest} | sha256sum --check`,
  ],
];

/** Only in packages that have a time stamp. `ca.pem` is what the reader has to get from the authority. */
const STAMP_STEP = [
  `sed '1,/^$/d' ${recordingProof} | sed '/^$/,$d' > checkpoint.txt`,
  `sed '/^$/,$d' ${EVIDENCE_STAMP.note} | cmp - checkpoint.txt`,
  `openssl ts -reply -in ${EVIDENCE_STAMP.timestamp} -text`,
  `openssl ts -verify -data ${EVIDENCE_STAMP.note} -in ${EVIDENCE_STAMP.timestamp} -CAfile ca.pem`,
];

/** Commands are what is indented by four spaces. */
const indented = (commands: readonly string[] = []) => commands.map((command) => `    ${command}`).join('\n');

export function howToJapanese({ audio, fingerprint, origin, isStamped }: HowToFacts): string {
  const [sound, hash, signature, print, inclusion, manifests] = steps(audio).map(indented);
  return `この証拠一式の読み方
====================

通話録音装置「電話番」が作成した、1件の通話録音の証拠一式です。録音が、装置に保存されたときから
1ビットも変わっていないことを、役所に頼らずに、ネットワークにつながないパソコンで確かめられます。


入っているもの
--------------
${audio}              録音。左が相手側、右が職員側。装置が封をしたときのままのファイル
${manifest}          通話の情報(日時、番号、窓口、長さ、欠けの有無)、作成者と理由、各ファイルのSHA-256
${recordingProof}   録音の記録(録音のSHA-256を含む)と、それが操作記録ログに含まれることの証明
${manifestProof}    ${manifest}が操作記録ログに登録されていることの証明
${key}             装置の署名を確かめる公開鍵(2行目以降は、署名を添えたほかの装置の公開鍵)
${isStamped ? STAMP_FILES : ''}${verifier}             検証の画面。ブラウザーで開くだけで検証できる
読み方.txt            このファイル(英語版: how-to.txt)

録音は、Windowsの「映画 & テレビ」やVLCメディアプレーヤーなどで再生できます。


一番簡単な検証
--------------
1. ZIPファイルを保存し、その中の「${verifier}」をダブルクリックします(Edge、Chrome、Firefoxの最近の版)。
2. 開いた画面に、ZIPファイルをそのまま置きます。
3. 「正しい」と表示されたら、鍵の指紋を役所に電話などで確認します。

    指紋の対象  装置 ${origin}
    指紋        ${readableFingerprint(fingerprint)}

指紋の確認は必ず、この証拠一式とは別の手段で行ってください。公開鍵も検証の画面も一式と一緒に届くため、
全部を作り直した偽物は、指紋を役所に確認することでしか見破れません。


証明できること
--------------
・録音が、装置が封をしたときのものと1ビットも違わないこと。
・録音の開始日時、長さ、完全かどうかが、封をしたときに装置が記録したものであること。
・${manifest}の内容(番号、窓口など)が、この一式の作成時に装置が記録していたものであること。
・これらの記録が、署名された追記専用のログに入っており、後から書き換え、削除、並べ替えがされていないこと。

証明できないこと
----------------
・話している人が誰か、話の内容が事実かどうか。
・録音装置に届く前の音声に手が加えられていないか。
・公開鍵が本当に役所の装置のものか(指紋の確認が必要です)。
・装置の時計が正しかったか。


手作業での検証
--------------
検証の画面を使わず、誰もが手に入れられる道具だけで確かめる手順です。Linux、macOS、WindowsのWSLなどで、
展開したフォルダーの中で、字下げされた行を上から順に実行します。必要なもの: openssl 3、flac、sha256sum。

1. 録音が、途中で切れたり壊れたりしていないこと。「ok」と表示されます。

${sound}

2. 録音のSHA-256が、録音の記録のとおりであること。「${audio}: OK」(または「成功」)と表示されます。

${hash}

3. 録音の記録と一式の作成の記録が入っているログの署名(Ed25519)が、公開鍵に合うこと。
   「Signature Verified Successfully」と2回表示されます。

${signature}

4. 公開鍵の指紋。上に書かれた指紋、そして役所から聞いた指紋と、同じであること(大文字と小文字は問いません)。

${print}

5. 録音の記録と一式の作成の記録が、署名されたログに含まれること(RFC 6962のMerkle木)。「OK」と2回表示されます。

${inclusion}

6. ${manifest}がログに登録されたものであり、ほかのファイルがその記載のとおりであること。
   すべて「OK」(または「成功」)と表示されます。

${manifests}

7. ${manifest}の「recording」が、2で取り出したrecord.jsonと同じであることを、目で確かめます。
${isStamped ? stampJapanese() : ''}
使っている形式: C2SP tlog-proof、tlog-checkpoint、signed-note(https://c2sp.org)、RFC 6962、RFC 8032、RFC 8785。
WindowsのコマンドプロンプトでSHA-256だけを調べるには: certutil -hashfile ${audio} SHA256
`;
}

const STAMP_FILES = `${EVIDENCE_STAMP.timestamp}         時刻認証局のタイムスタンプ(RFC 3161)
${EVIDENCE_STAMP.note}       タイムスタンプの対象となった、署名済みのチェックポイント
`;

const stampJapanese = () => `
8. タイムスタンプが、録音の記録が入っているログに対するものであり、時刻認証局のものであること。先に、時刻認証局の
   証明書(PEM形式)を、この一式とは別の手段で入手し、ca.pemという名前で同じフォルダーに置きます。
   刻まれた時刻などに続いて「Verification: OK」と表示されます。これにより、録音の記録がその時刻までに存在したことを、
   装置の時計に頼らずに確かめられます。

${indented(STAMP_STEP)}
`;

const stampEnglish = () => `
8. The time stamp is over the log that has the recording, and is of its authority. First get the certificate (PEM) of the
   authority by another way than this package, and save it here as ca.pem. The time is shown, and then "Verification:
   OK": the record was there by then, whatever the clock of the box said.

${indented(STAMP_STEP)}
`;

export function howToEnglish({ audio, fingerprint, origin, isStamped }: HowToFacts): string {
  const [sound, hash, signature, print, inclusion, manifests] = steps(audio).map(indented);
  return `How to read this evidence package
=================================

One call recording by "Denwaban", with everything needed to verify, offline and without trusting the office, that not
one bit of it has changed since the box sealed it.

The easy way: open ${verifier} in a recent browser, drop the ZIP onto it, and compare the key fingerprint with the
office by another way, such as the telephone. The key comes with the package: only that comparison tells a whole
package made anew from a true one.

    Box          ${origin}
    Fingerprint  ${readableFingerprint(fingerprint)}

It proves that the audio is as it was sealed; that time, length and completeness are what the box recorded then; that
${manifest} is what the box had on record when the package was made; and that all of it stands in a signed,
append-only log. It does not prove who is speaking, that what they say is true, that the sound was untouched before
it reached the box, or that the clock of the box was right.

By hand, with openssl 3, flac and sha256sum only. Run the indented lines in the folder of the unpacked files.

1. The audio is whole ("ok").

${sound}

2. The audio is the one that its record names.

${hash}

3. The signatures (Ed25519) of the log fit the key: verified twice.

${signature}

4. The fingerprint of the key, to be compared.

${print}

5. Both records are in the signed log (Merkle tree of RFC 6962): "OK" twice.

${inclusion}

6. ${manifest} is the logged one, and the other files are as it says.

${manifests}

7. Compare "recording" in ${manifest} with record.json of step 2 by eye.
${isStamped ? stampEnglish() : ''}
Formats: C2SP tlog-proof, tlog-checkpoint, signed-note (https://c2sp.org), RFC 6962, RFC 8032, RFC 8785.
`;
}
