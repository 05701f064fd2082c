/**
 * A stage that covers the page and shows one screen after the other. Keys are those that presenter remotes send:
 * PageUp and PageDown, arrows, space; B or a full stop blackens; Escape leaves.
 */

export interface Play {
  /** Of the address: `#slides`, `#slides-3`. */
  readonly name: string;
  readonly screens: readonly HTMLElement[];
  title(screen: HTMLElement): string;
  /** After a screen has come up, or the stage was left (null). */
  shown(screen: HTMLElement | null): void;
  /** Asked before the next screen: false keeps the present one, which has something to say first. */
  advance(screen: HTMLElement): boolean;
}

type Direction = 'next' | 'previous' | 'first' | 'last' | 'leave' | 'blank';

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowRight: 'next', ArrowDown: 'next', PageDown: 'next', ' ': 'next', Enter: 'next',
  ArrowLeft: 'previous', ArrowUp: 'previous', PageUp: 'previous', Backspace: 'previous',
  Home: 'first', End: 'last', Escape: 'leave', b: 'blank', '.': 'blank',
};

/** What a control needs for itself. A remote's keys always turn the page. */
function ownKey(target: EventTarget | null, key: string): boolean {
  if (target instanceof HTMLInputElement) return /^(Arrow|Home$|End$| $)/.test(key);
  return target instanceof HTMLButtonElement && (key === ' ' || key === 'Enter');
}

export class Stage {
  readonly #stage: HTMLElement;
  readonly #plays: readonly Play[];
  #play: Play | null = null;
  #at = 0;
  /** Where the reader was, to come back to. */
  #scrolled = 0;

  constructor(stage: HTMLElement, plays: readonly Play[]) {
    this.#stage = stage;
    this.#plays = plays;
    addEventListener('hashchange', () => this.#follow());
    addEventListener('keydown', (event) => this.#key(event));
    for (const button of stage.querySelectorAll<HTMLElement>('[data-go]')) button.addEventListener('click', () => this.go(button.dataset['go'] as Direction));
    this.#follow();
  }

  go(direction: Direction): void {
    const play = this.#play;
    const screen = play?.screens[this.#at];
    if (play === null || screen === undefined) return;
    if (direction === 'leave') return this.#turn('#');
    if (direction === 'blank') return void document.documentElement.toggleAttribute('data-blank');
    document.documentElement.removeAttribute('data-blank');
    if (direction === 'next' && !play.advance(screen)) return this.#say();
    const last = play.screens.length - 1;
    const to = { next: Math.min(last, this.#at + 1), previous: Math.max(0, this.#at - 1), first: 0, last }[direction];
    if (to !== this.#at) this.#turn(`#${play.name}-${to + 1}`);
  }

  /** At once: the event that the address has changed comes later, and a remote may be quicker. */
  #turn(hash: string): void {
    location.replace(hash);
    this.#follow();
  }

  #key(event: KeyboardEvent): void {
    const direction = KEYS[event.key];
    if (this.#play === null || direction === undefined || event.ctrlKey || event.altKey || event.metaKey || ownKey(event.target, event.key)) return;
    event.preventDefault();
    this.go(event.key === ' ' && event.shiftKey ? 'previous' : direction);
  }

  /** The address says what is shown: so it is reloaded, sent, and gone back to. */
  #follow(): void {
    const [, name, place] = /^#([a-z]+)(?:-(\d+))?$/.exec(location.hash) ?? [];
    const play = this.#plays.find((each) => each.name === name && each.screens.length > 0) ?? null;
    if (play === null && this.#play === null) return;
    const at = play === null ? 0 : Math.min(Math.max(1, Number(place ?? 1)), play.screens.length) - 1;
    if (play === this.#play && at === this.#at) return;
    const left = this.#play?.screens[this.#at];
    left?.classList.remove('on-stage');
    if (this.#play === null) this.#scrolled = scrollY;
    this.#play = play;
    this.#stage.hidden = play === null;
    if (play === null) {
      document.documentElement.removeAttribute('data-mode');
      document.documentElement.removeAttribute('data-blank');
      this.#plays.forEach((each) => each.shown(null));
      scrollTo(0, this.#scrolled);
      return;
    }
    document.documentElement.dataset['mode'] = play.name;
    this.#at = at;
    const screen = play.screens[this.#at] as HTMLElement;
    screen.classList.add('on-stage');
    screen.tabIndex = -1;
    (this.#stage.querySelector('h1') as HTMLElement).textContent = play.title(screen);
    this.#say();
    play.shown(screen);
    screen.focus({ preventScroll: true });
  }

  #say(): void {
    (this.#stage.querySelector('.where') as HTMLElement).textContent = `${this.#at + 1} / ${this.#play?.screens.length ?? 0}`;
  }
}
