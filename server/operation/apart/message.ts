/** What this process and one that works apart say to each other. */

export type ToProcess<Task> =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'no reply'; readonly reason: string };

export type FromProcess<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'asks'; readonly question: string }
  | { readonly kind: 'answers'; readonly answer: Answer };
