// Sets equations: reads a list of [TeX, whether displayed] as JSON, writes {glyphs, set: [HTML, ...]}.
const folder = process.argv[2];         // MathJax's es5
const settings = {
  loader: {paths: {mathjax: folder}, load: ['adaptors/liteDOM', 'input/tex', 'output/svg', 'a11y/assistive-mml']},
  svg: {fontCache: 'global'},           // each glyph stands in the page once
  options: {enableAssistiveMml: true},
  startup: {typeset: false},
};
const wanted = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.warn = () => {};                // that a component has no version
require(`${folder}/node-main.js`).init(settings).then(MathJax => {
  const {adaptor, document} = MathJax.startup;
  const set = wanted.map(([tex, display]) => adaptor.outerHTML(MathJax.tex2svg(tex, {display})));
  const glyphs = adaptor.outerHTML(document.outputJax.fontCache.getCache());
  const style = adaptor.textContent(MathJax.svgStylesheet());
  process.stdout.write(JSON.stringify({
    glyphs: `<style>${style}</style><svg class="glyphs" aria-hidden="true" style="position:absolute;width:0;height:0">${glyphs}</svg>`, set}));
});
