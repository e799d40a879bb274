// A small generator of numbers that gives the same ones in every run (mulberry32).

export class Random {
  #state

  constructor(seed) {
    this.#state = seed >>> 0
  }

  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  below(limit) {
    return Math.floor(this.next() * limit)
  }

  chance(probability) {
    return this.next() < probability
  }

  pick(values) {
    return values[this.below(values.length)]
  }

  some(values) {
    return values.filter(() => this.chance(0.5))
  }
}
