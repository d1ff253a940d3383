// The networks of the course in plain JavaScript: they learn in a page, and a network taken home writes in one.
// Names, equations and the order of the gates are those of helpers/networks/cells/plain.py; there is one
// sequence at a time, and all numbers are kept in float32. A matrix (rows, columns) lies row after row.
//
//     V characters, H units, T steps of a chunk; K blocks of H columns: RNN 1, LSTM 4 (i, f, o, g), GRU 3 (r, z, n)
//
// courseEngine() gives the parts. courseWorker(self) makes a Web Worker of them, which answers messages.
"use strict";

function courseEngine() {
  const BLOCKS = {RNN: 1, LSTM: 4, GRU: 3};
  const SMOOTHED = 200, PATIENCE = 25;
  const sigmoid = a => 1 / (1 + Math.exp(-a));

  // Products. Some rows of a matrix at a time, because to load and store takes longer than to compute.

  // out += v W, of v (n,) and W (n, m)
  function addProduct(out, o, v, at, n, W, m) {
    let i = 0;
    for (; i + 7 < n; i += 8) {
      const a = v[at + i], b = v[at + i + 1], c = v[at + i + 2], d = v[at + i + 3];
      const e = v[at + i + 4], f = v[at + i + 5], g = v[at + i + 6], h = v[at + i + 7];
      const k = i * m, l = k + m, p = l + m, q = p + m, r = q + m, s = r + m, t = s + m, u = t + m;
      for (let j = 0; j < m; j++) {
        out[o + j] += a * W[k + j] + b * W[l + j] + c * W[p + j] + d * W[q + j]
          + (e * W[r + j] + f * W[s + j] + g * W[t + j] + h * W[u + j]);
      }
    }
    for (; i < n; i++) for (let j = 0; j < m; j++) out[o + j] += v[at + i] * W[i * m + j];
  }

  // out += v W.T, of v (m,) and W (n, m)
  function addProductT(out, o, v, at, n, W, m) {
    let i = 0;
    for (; i + 3 < n; i += 4) {
      const r = i * m, s = r + m, t = s + m, u = t + m;
      let a = 0, b = 0, c = 0, d = 0;
      for (let j = 0; j < m; j++) {
        const value = v[at + j];
        a += W[r + j] * value; b += W[s + j] * value; c += W[t + j] * value; d += W[u + j] * value;
      }
      out[o + i] += a; out[o + i + 1] += b; out[o + i + 2] += c; out[o + i + 3] += d;
    }
    for (; i < n; i++) {
      let a = 0;
      for (let j = 0; j < m; j++) a += W[i * m + j] * v[at + j];
      out[o + i] += a;
    }
  }

  // grad += X.T dA, of X (T, n) and dA (T, m): what T steps add to the gradient of a matrix (n, m)
  function addOuter(grad, X, n, dA, m, T) {
    let t = 0;
    for (; t + 3 < T; t += 4) {
      const p = t * m, q = p + m, r = q + m, s = r + m;
      for (let i = 0; i < n; i++) {
        const a = X[t * n + i], b = X[(t + 1) * n + i], c = X[(t + 2) * n + i], d = X[(t + 3) * n + i], to = i * m;
        for (let j = 0; j < m; j++) grad[to + j] += a * dA[p + j] + b * dA[q + j] + c * dA[r + j] + d * dA[s + j];
      }
    }
    for (; t < T; t++) for (let i = 0; i < n; i++) {
      const a = X[t * n + i], to = i * m;
      for (let j = 0; j < m; j++) grad[to + j] += a * dA[t * m + j];
    }
  }

  // Named arrays that are views of one vector, in the order of helpers.networks.Parameters.
  class Parameters {
    constructor(cell, V, H, vector) {
      const G = BLOCKS[cell] * H;
      this.shapes = {W_xh: [V, G], W_hh: [H, G], b_h: [G], ...(cell === 'GRU' && {b_hn: [H]}), W_hy: [H, V], b_y: [V]};
      const sizes = Object.values(this.shapes).map(shape => shape.reduce((a, b) => a * b));
      const size = sizes.reduce((a, b) => a + b);
      if (vector && vector.length !== size) throw new RangeError(`${vector.length} weights, expected ${size}`);
      this.vector = vector ?? new Float32Array(size);
      let start = 0;
      Object.keys(this.shapes).forEach((name, n) => { this[name] = this.vector.subarray(start, start += sizes[n]) });
    }
  }

  // A cell and a readout; the next character has the probabilities softmax(h W_hy + b_y).
  class CharModel {
    constructor(cell, V, H, vector) {
      if (!(cell in BLOCKS)) throw new RangeError(`no cell ${cell}`);
      Object.assign(this, {cell, V, H, G: BLOCKS[cell] * H, room: 0, params: new Parameters(cell, V, H, vector)});
      this.grads = new Parameters(cell, V, H);
    }

    // Fresh weights from `random`, which gives numbers from 0 to 1: normal with standard deviation `scale`.
    init(random, scale = 0.01) {
      const p = this.params;
      for (const name of ['W_xh', 'W_hh', 'W_hy']) for (let i = 0; i < p[name].length; i++)
        p[name][i] = scale * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      if (this.cell === 'LSTM') p.b_h.fill(1, this.H, 2 * this.H);
      return this;
    }

    zeroState() { return this.cell === 'LSTM' ? [new Float32Array(this.H), new Float32Array(this.H)] : [new Float32Array(this.H)] }

    // Room for T steps. Row 0 of h and c is the state before the first.
    reserve(T) {
      if (T <= this.room) return;
      const {H, G, V} = this, array = columns => new Float32Array(T * columns);
      Object.assign(this, {room: T, h: new Float32Array((T + 1) * H), c: new Float32Array((T + 1) * H), a: array(G),
        da: array(G), d_h: array(H), y: array(V), tanh_c: array(H), h_n: array(H), da_h: array(G)});
    }

    forward(inputs, T, state) {
      this.reserve(T);
      const {H, h, c, cell} = this;
      h.fill(0, 0, H); c.fill(0, 0, H);
      if (state) { h.set(state[0]); if (cell === 'LSTM') c.set(state[1]) }
      for (let t = 0; t < T; t++) this.step(inputs[t], t);
    }

    // From row t of the states to row t + 1. What the gates are stays in a, which held their pre-activations.
    step(x, t) {
      const {cell, H, G, a, h, c, params: p} = this, at = t * G, now = (t + 1) * H, before = t * H, row = x * G;
      for (let j = 0; j < G; j++) a[at + j] = p.W_xh[row + j] + p.b_h[j];
      if (cell === 'GRU') return this.gruStep(t);
      addProduct(a, at, h, before, H, p.W_hh, G);
      if (cell === 'RNN') {
        for (let j = 0; j < H; j++) h[now + j] = Math.tanh(a[at + j]);
        return;
      }
      for (let j = 0; j < H; j++) {
        const i = sigmoid(a[at + j]), f = sigmoid(a[at + H + j]), o = sigmoid(a[at + 2 * H + j]), g = Math.tanh(a[at + 3 * H + j]);
        a[at + j] = i; a[at + H + j] = f; a[at + 2 * H + j] = o; a[at + 3 * H + j] = g;
        c[now + j] = f * c[before + j] + i * g;
        this.tanh_c[before + j] = Math.tanh(c[now + j]);
        h[now + j] = o * this.tanh_c[before + j];
      }
    }

    gruStep(t) {
      const {H, G, a, h, h_n, params: p} = this, at = t * G, now = (t + 1) * H, before = t * H;
      const h_W = this.da_h;                          // free until the backward pass
      h_W.fill(0, at, at + G);
      addProduct(h_W, at, h, before, H, p.W_hh, G);
      for (let j = 0; j < H; j++) {
        h_n[before + j] = h_W[at + 2 * H + j] + p.b_hn[j];
        const r = sigmoid(a[at + j] + h_W[at + j]), z = sigmoid(a[at + H + j] + h_W[at + H + j]);
        const n = Math.tanh(a[at + 2 * H + j] + r * h_n[before + j]);
        a[at + j] = r; a[at + H + j] = z; a[at + 2 * H + j] = n;
        h[now + j] = (1 - z) * n + z * h[before + j];
      }
    }

    // Scores of step t, from row t + 1 of the states.
    scores(t) {
      const {V, H, y, h, params: p} = this;
      y.set(p.b_y, t * V);
      addProduct(y, t * V, h, (t + 1) * H, H, p.W_hy, V);
    }

    // Cross-entropy at step t; the scores become the gradient with respect to them, times T.
    crossEntropy(t, target) {
      const {V, y} = this, at = t * V;
      let most = -Infinity, sum = 0;
      for (let k = 0; k < V; k++) most = Math.max(most, y[at + k]);
      const right = y[at + target] - most;
      for (let k = 0; k < V; k++) sum += y[at + k] = Math.exp(y[at + k] - most);
      for (let k = 0; k < V; k++) y[at + k] /= sum;
      y[at + target] -= 1;
      return Math.log(sum) - right;
    }

    lastState(T) {
      const last = array => array.slice(T * this.H, (T + 1) * this.H);
      return this.cell === 'LSTM' ? [last(this.h), last(this.c)] : [last(this.h)];
    }

    // Mean loss and last state of a sequence of any length.
    loss(inputs, targets, state) {
      let total = 0;
      for (let start = 0; start < inputs.length; start += 256) {
        const some = inputs.subarray(start, start + 256);
        this.forward(some, some.length, state);
        for (let t = 0; t < some.length; t++) { this.scores(t); total += this.crossEntropy(t, targets[start + t]) }
        state = this.lastState(some.length);
      }
      return [total / inputs.length, state];
    }

    // Mean loss of a chunk, its gradients by backpropagation through time in this.grads, and the last state.
    lossAndGrads(inputs, targets, state) {
      const T = inputs.length, {V, H, G, cell, y, params: p, grads} = (this.reserve(T), this), scale = 1 / T;
      grads.vector.fill(0);
      this.forward(inputs, T, state);
      const {h, da, d_h} = this;
      let total = 0;
      d_h.fill(0, 0, T * H);
      for (let t = 0; t < T; t++) {
        this.scores(t);
        total += this.crossEntropy(t, targets[t]);
        for (let k = 0; k < V; k++) grads.b_y[k] += y[t * V + k] *= scale;
        addProductT(d_h, t * H, y, t * V, H, p.W_hy, V);            // dy W_hy.T
      }
      addOuter(grads.W_hy, h.subarray(H), H, y, V, T);
      const dh_next = new Float32Array(H), dc_next = new Float32Array(H);
      const back = {RNN: this.rnnStepBack, LSTM: this.lstmStepBack, GRU: this.gruStepBack}[cell];
      for (let t = T - 1; t >= 0; t--) {
        for (let j = 0; j < H; j++) dh_next[j] += d_h[t * H + j];   // dh
        back.call(this, t, dh_next, dc_next);
        for (let j = 0, row = inputs[t] * G; j < G; j++) {
          grads.W_xh[row + j] += da[t * G + j];
          grads.b_h[j] += da[t * G + j];
        }
      }
      addOuter(grads.W_hh, h, H, cell === 'GRU' ? this.da_h : da, G, T);
      return [total / T, grads, this.lastState(T)];
    }

    // One step back: from dh, and dc_next of an LSTM, to da and to the same of the step before, in their place.
    rnnStepBack(t, dh) {
      const {H, h, da} = this, at = t * H, now = at + H;
      for (let j = 0; j < H; j++) da[at + j] = dh[j] * (1 - h[now + j] * h[now + j]);
      dh.fill(0);
      addProductT(dh, 0, da, at, H, this.params.W_hh, H);
    }

    lstmStepBack(t, dh, dc_next) {
      const {H, G, a, c, da, tanh_c} = this, at = t * G;
      for (let j = 0; j < H; j++) {
        const i = a[at + j], f = a[at + H + j], o = a[at + 2 * H + j], g = a[at + 3 * H + j], tanh = tanh_c[t * H + j];
        const dc = dh[j] * o * (1 - tanh * tanh) + dc_next[j];
        da[at + j] = dc * g * i * (1 - i);
        da[at + H + j] = dc * c[t * H + j] * f * (1 - f);
        da[at + 2 * H + j] = dh[j] * tanh * o * (1 - o);
        da[at + 3 * H + j] = dc * i * (1 - g * g);
        dc_next[j] = dc * f;
      }
      dh.fill(0);
      addProductT(dh, 0, da, at, H, this.params.W_hh, G);
    }

    gruStepBack(t, dh) {
      const {H, G, a, h, h_n, da, da_h, grads, params: p} = this, at = t * G, before = t * H;
      for (let j = 0; j < H; j++) {
        const r = a[at + j], z = a[at + H + j], n = a[at + 2 * H + j];
        const da_n = dh[j] * (1 - z) * (1 - n * n), da_z = dh[j] * (h[before + j] - n) * z * (1 - z);
        const da_r = da_n * h_n[before + j] * r * (1 - r), dh_n = da_n * r;
        da[at + j] = da_h[at + j] = da_r;
        da[at + H + j] = da_h[at + H + j] = da_z;
        da[at + 2 * H + j] = da_n;
        da_h[at + 2 * H + j] = dh_n;
        grads.b_hn[j] += dh_n;
        dh[j] *= z;
      }
      addProductT(dh, 0, da_h, at, H, p.W_hh, G);
    }

    // Read one more character from `state`; the state after it, and what it says of the next one in row 0.
    read(x, state) {
      this.forward([x], 1, state);
      return this.lastState(1);
    }

    // Draw `length` characters after a prompt. `noise` gives numbers with an exponential distribution: the largest
    // score / temperature - log(noise) is a draw from the softmax.
    sample(prompt, length, noise, temperature) {
      let state = null;
      for (const x of prompt) state = this.read(x, state);
      const ids = [];
      for (let n = 0; n < length; n++) {
        const drawn = this.draw(noise, temperature);
        ids.push(drawn);
        state = this.read(drawn, state);
      }
      return ids;
    }

    // Draw the character after the one that was read last.
    draw(noise, temperature) {
      this.scores(0);
      let best = 0, most = -Infinity;
      for (let k = 0; k < this.V; k++) {
        const value = this.y[k] - temperature * Math.log(noise());
        if (value > most) { most = value; best = k }
      }
      return best;
    }
  }

  // Gradients clipped, as in helpers/networks/clip.py.

  function norm(grads) {
    let sum = 0;
    for (const g of grads.vector) sum += g * g;
    return Math.sqrt(sum);
  }

  function clipNorm(grads, most) {
    const before = norm(grads), {vector} = grads;
    if (before > most) for (let i = 0; i < vector.length; i++) vector[i] *= most / before;
    return before;
  }

  function clipValue(grads, limit) {
    let clipped = 0;
    const {vector} = grads;
    for (let i = 0; i < vector.length; i++) {
      const g = vector[i];
      if (g > limit || g < -limit) { vector[i] = g > 0 ? limit : -limit; clipped++ }
    }
    return clipped / vector.length;
  }

  // Optimisers, as in helpers/networks/optim.py.

  class Adagrad {
    constructor(rate) { this.rate = rate }
    update({vector}, {vector: g}) {
      const s = this.s ??= new Float32Array(g.length), rate = this.rate;
      for (let i = 0; i < g.length; i++) {
        s[i] += g[i] * g[i];
        vector[i] -= rate * g[i] / (Math.sqrt(s[i]) + 1e-10);
      }
    }
  }

  class Adam {
    constructor(rate) { Object.assign(this, {rate, updates: 0}) }
    update({vector}, {vector: g}) {
      const m = this.m ??= new Float32Array(g.length), v = this.v ??= new Float32Array(g.length);
      this.updates++;
      const lackM = 1 - 0.9 ** this.updates, lackV = Math.sqrt(1 - 0.999 ** this.updates), rate = this.rate * lackV / lackM;
      for (let i = 0; i < g.length; i++) {
        m[i] += 0.1 * (g[i] - m[i]);
        v[i] += 0.001 * (g[i] * g[i] - v[i]);
        vector[i] -= rate * m[i] / (Math.sqrt(v[i]) + 1e-8 * lackV);
      }
    }
  }

  class SGD {
    constructor(rate) { this.rate = rate }
    update({vector}, {vector: g}) { for (let i = 0; i < g.length; i++) vector[i] -= this.rate * g[i] }
  }

  class RMSProp {
    constructor(rate) { this.rate = rate }
    update({vector}, {vector: g}) {
      const s = this.s ??= new Float32Array(g.length);
      for (let i = 0; i < g.length; i++) {
        s[i] += 0.01 * (g[i] * g[i] - s[i]);
        vector[i] -= this.rate * g[i] / (Math.sqrt(s[i]) + 1e-8);
      }
    }
  }
  const OPTIMIZERS = {SGD, Adagrad, RMSProp, Adam};

  // Numbers from 0 to 1 that a seed determines (Marsaglia 2003, a 32-bit xorshift).
  function seeded(seed) {
    let x = (seed + 1) * 0x9E3779B9 | 0;
    return () => {
      x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
      return (x >>> 0) / 4294967296;
    };
  }

  // The distinct characters of a text, sorted by code point, each with its number.
  class Vocabulary {
    constructor(text) {
      this.characters = [...new Set(text)].sort((a, b) => a.codePointAt() - b.codePointAt());
      this.numbers = new Map(this.characters.map((character, n) => [character, n]));
    }
    encode(text) { return Int32Array.from([...text].filter(one => this.numbers.has(one)), one => this.numbers.get(one)) }
    decode(ids) { return Array.from(ids, id => this.characters[id]).join('') }
  }

  // A training run on a text, whose settings may be changed between two updates; as helpers.runs.CorpusTraining.
  class Training {
    constructor({text, heldout, cell = 'RNN', hidden_size = 100, sequence_length = 25, seed = 0}) {
      const random = seeded(seed);
      for (let n = 0; n < 20; n++) random();
      this.vocabulary = new Vocabulary(text + heldout);
      this.ids = this.vocabulary.encode(text);
      this.heldout = this.vocabulary.encode(heldout);
      this.chance = Math.log(this.vocabulary.characters.length);
      this.model = new CharModel(cell, this.vocabulary.characters.length, hidden_size).init(random);
      this.noise = () => -Math.log(1 - random());
      Object.assign(this, {length: sequence_length, place: 0, state: null, updates: 0, above: 0, smoothed: 0, filled: 0, written: ''});
      this.set({optimizer: 'Adagrad', learning_rate: 0.1, clip: 'by value', threshold: 0.2});
    }

    // What holds from the next update on.
    set({optimizer, learning_rate, clip, threshold, state_not_carried = false, no_clipping = false, rate_times_ten = false,
      targets_not_shifted = false}) {
      if (optimizer !== this.named) this.optimizer = new OPTIMIZERS[this.named = optimizer](learning_rate);
      this.optimizer.rate = learning_rate * (rate_times_ten ? 10 : 1);
      Object.assign(this, {clip: no_clipping ? 'off' : clip, threshold, carried: !state_not_carried, shift: targets_not_shifted ? 0 : 1});
    }

    // One update; false, and nothing is changed, where the numbers overflow or the loss has stayed too high.
    update() {
      const {length, ids, model} = this;
      if (this.place + length >= ids.length) { this.place = 0; this.state = null }
      const at = this.place, targets = ids.subarray(at + this.shift, at + this.shift + length);
      this.place += length;
      const [loss, grads, state] = model.lossAndGrads(ids.subarray(at, at + length), targets, this.carried ? this.state : null);
      const long = norm(grads), highest = Math.max(10 * this.chance, 10 * Math.log(60));
      this.above = loss > highest ? this.above + 1 : 0;
      if (!Number.isFinite(loss) || !Number.isFinite(long) || this.above >= PATIENCE) { this.above = 0; return false }
      let clipped = false;
      if (this.clip === 'by value') clipped = clipValue(grads, this.threshold) > 0;
      if (this.clip === 'by norm') clipped = clipNorm(grads, this.threshold) > this.threshold;
      this.optimizer.update(model.params, grads);
      this.state = state;
      this.updates++;
      this.smoothed += (loss - this.smoothed) / SMOOTHED;
      this.filled += (1 - this.filled) / SMOOTHED;
      this.last = {update: this.updates, loss, smoothed: this.smoothed / this.filled, norm: long, clipped};
      return true;
    }

    measure() { return this.model.loss(this.heldout.subarray(0, -1), this.heldout.subarray(this.shift, this.heldout.length - 1 + this.shift))[0] }

    // Go on writing; the last `most` characters are kept.
    write(length, temperature, most = 300) {
      const prompt = this.vocabulary.encode([...this.written].slice(-length).join('') || this.vocabulary.characters[0]);
      const drawn = this.vocabulary.decode(this.model.sample(prompt, length, this.noise, temperature));
      return this.written = [...this.written + drawn].slice(-most).join('');
    }
  }

  return {BLOCKS, Adagrad, Adam, CharModel, Parameters, RMSProp, SGD, Training, Vocabulary, clipNorm, clipValue, norm, seeded};
}

// A Web Worker that trains while it is told to, in slices, so that it hears what is said in between.
//
//     in    {make: {text, heldout, cell, ...}, set: {...}}: a new run
//           {set: {optimizer, learning_rate, clip, threshold, temperature, ...}}: from the next update on
//           {run: true, until: 20000}, {run: false}, {step: true}, {write: 200} anew, {weights: true}
//     out   {run, updates, points: [{update, loss, smoothed, norm, clipped}, ...], heldout: [update, loss] or null,
//           written, rate (updates per second), running, failed}, and {run, weights: {...}} for who takes it home
function courseWorker(scope) {
  const SLICE = 25, REPORT = 120, MEASURE = 1000, WRITTEN = 12;        // milliseconds; characters with each report
  const {Training} = courseEngine();
  let training, temperature = 1, running = false, until = Infinity, points = [], heldout = null, run = 0, failed = '';
  let told = 0, measured = 0, since = {at: 0, updates: 0}, looked = 0;

  function measure() {
    heldout = [training.updates, training.measure()];
    measured = performance.now();
    looked = training.updates;
  }

  function report(now = performance.now()) {
    const rate = running ? 1000 * (training.updates - since.updates) / Math.max(1, now - since.at) : 0;
    scope.postMessage({run, updates: training.updates, points, heldout, written: training.written, rate, running, failed});
    points = []; heldout = null; told = now;
  }

  function update() {
    if (training.update()) { points.push(training.last); return true }
    failed = `Update ${(training.updates + 1).toLocaleString('en')} failed: the loss or the gradient became too large.`;
    return running = false;
  }

  function go(mine) {
    if (!running || mine !== run) return;
    const end = performance.now() + SLICE;
    while (running && training.updates < until && performance.now() < end) update();
    if (training.updates >= until) running = false;
    const now = performance.now();
    if (!running || now - told > REPORT) {
      // often at first, when the loss falls fast
      if (now - measured > MEASURE || training.updates > 1.3 * looked || !running) measure();
      if (!failed) training.write(WRITTEN, temperature);
      report(now);
    }
    setTimeout(go, 0, mine);
  }

  scope.onmessage = ({data}) => {
    failed = '';
    if (data.make) {
      training = new Training(data.make);
      run = data.make.run ?? run + 1;
      points = []; running = false; looked = 0;
    }
    if (data.set) { training.set(data.set); temperature = data.set.temperature ?? temperature }
    if (data.make) { measure(); report() }
    if (data.step && update()) { measure(); report() }
    if (data.write) { training.written = ''; training.write(data.write, temperature); report() }
    if (data.weights) {
      const {model: {cell, H, params}, vocabulary: {characters}, updates, last} = training;
      scope.postMessage({run, weights: {cell, hidden_size: H, characters, vector: params.vector.slice(), updates, loss: last?.smoothed}});
    }
    if (data.run !== undefined) {
      const starts = data.run && !running;
      running = data.run; until = data.until ?? until;
      if (starts) { since = {at: performance.now(), updates: training.updates}; go(run) }
      else if (!running) report();
    }
  };
}

// Such a worker, also for a page that was opened from a disk. `more` is what else it has, functions and calls.
const courseLearner = (...more) => {
  const source = [courseEngine, courseWorker, 'courseWorker(self)', ...more].join('\n');
  return new Worker(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
};
