/** Most clicks come with one of a few hundred user agents. */
const CAPACITY = 1_000;

/**
 * `judge` with its last answers in memory, those of texts up to `maxCharacters`: a part of a longer text would keep the
 * whole of it. What was put first leaves first.
 */
export function memoize<Answer>(judge: (text: string) => Answer, maxCharacters: number): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    if (text.length > maxCharacters) return judge(text);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = judge(text);
    if (answers.size >= CAPACITY) {
      for (const oldest of answers.keys()) {
        answers.delete(oldest);
        break;
      }
    }
    answers.set(text, answer);
    return answer;
  };
}
