// Keeps the page up to date: every element says with a data- attribute which
// key of /estado.json it shows. Nothing is touched that has not changed, so that
// nothing flickers and what somebody is typing stays.

const every = 2000;
const all = (selector) => document.querySelectorAll(selector);

function setText(element, value) {
  const text = String(value);
  if (element.tagName === 'TEXTAREA') {
    if (element.value !== text) element.value = text;
  } else if (element.textContent !== text) {
    element.textContent = text;
  }
}

function show(state) {
  for (const e of all('[data-campo]')) setText(e, state[e.dataset.campo]);
  for (const e of all('[data-si]')) e.hidden = !state[e.dataset.si];
  for (const e of all('[data-tono]')) e.dataset.valor = state[e.dataset.tono];
  for (const e of all('[data-cuenta]')) {
    e.dataset.valor = state[e.dataset.cuenta];
    setText(e, e.dataset.valor);
  }
  const picture = document.querySelector('[data-qr]');
  const source = '/qr.png?v=' + state.qr;
  if (state.qr && picture.getAttribute('src') !== source) picture.src = source;
}

async function refresh() {
  const offline = document.querySelector('[data-sin-conexion]');
  try {
    const answer = await fetch('/estado.json', { cache: 'no-store' });
    show(await answer.json());
    offline.hidden = true;
  } catch {
    offline.hidden = false;
  }
  setTimeout(refresh, every);
}

function countDown() {
  for (const e of all('[data-cuenta]')) {
    e.dataset.valor = Math.max(0, Number(e.dataset.valor) - 1);
    setText(e, e.dataset.valor);
  }
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector('button');
  const output = form.querySelector('output');
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const body = await answer.json();
    output.textContent = answer.ok ? body.mensaje : [body.error, body.solucion].filter(Boolean).join('. ');
    output.className = answer.ok ? '' : 'error';
  } catch {
    output.textContent = 'El puente no contesta.';
    output.className = 'error';
  }
  button.disabled = false;
}

for (const form of all('form[data-accion]')) form.addEventListener('submit', submit);
for (const button of all('[data-copiar]')) {
  button.addEventListener('click', () => {
    const text = document.getElementById(button.dataset.copiar);
    text.select();
    navigator.clipboard.writeText(text.value);
  });
}
setInterval(countDown, 1000);
setTimeout(refresh, every);
