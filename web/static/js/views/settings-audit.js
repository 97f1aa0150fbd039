// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { read } from '../actions/access.js';
import { actor, kinds, sentence } from '../audit.js';
import { Choice } from '../components/field.js';
import { dayHeading, daysBetween, timeOfDay } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';

/** @typedef {import('../accountwire.js').Act} Act */

/** Who did what. */
export function AuditSettings() {
  const [kind, setKind] = useState('');
  const [user, setUser] = useState(0);
  const { data: page, error } = useLoaded((api) => api.acts({ kind, user }), `${kind} ${user}`);
  const { data: users } = useLoaded((api) => api.users());
  const people = /** @type {[string, string][]} */ ([['0', t('audit.everybody')], ...(users ?? []).map((one) => [String(one.id), one.name])]);
  const choices = /** @type {[string, string][]} */ ([['', t('audit.everything')], ...Object.entries(kinds).map(([key, text]) => [key, t(text)])]);
  return html`<section class="card account" aria-labelledby="auditoria"><h2 id="auditoria">${t('audit.title')}</h2>
    <p class="card-note">${t('audit.note')}</p>
    <div class="audit-filters">
      <${Choice} id="audit-persona" label=${t('audit.person')} value=${String(user)} options=${people} onChange=${(/** @type {string} */ id) => setUser(Number(id))} />
      <${Choice} id="audit-tipo" label=${t('audit.kind')} value=${kind} options=${choices} onChange=${setKind} /></div>
    ${page ? html`<${Acts} key=${`${kind} ${user}`} first=${page} kind=${kind} user=${user} />` : html`<${Loading} error=${error} />`}
  </section>`;
}

/** @param {{first: {acts: Act[], next: string}, kind: string, user: number}} props */
function Acts({ first, kind, user }) {
  const [all, setAll] = useState(first);
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => setAll(first), [first]);
  const more = async () => {
    if (busy) return;
    setBusy(true);
    const { value, error } = await read((api) => api.acts({ kind, user, before: all.next }));
    setBusy(false);
    setRefusal(error);
    if (value) setAll({ acts: [...all.acts, ...value.acts], next: value.next });
  };
  if (!all.acts.length) return html`<p class="hint">${t('audit.nothing')}</p>`;
  return html`<ol class="acts">${all.acts.map((act, i) => html`<${Line} key=${act.id} act=${act} before=${all.acts[i - 1]?.at ?? null} />`)}</ol>
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    ${all.next ? html`<div class="form-actions"><button type="button" class="button" aria-disabled=${busy ? 'true' : undefined} onClick=${more}>${t(busy ? 'access.loading' : 'audit.more')}</button></div>` : ''}`;
}

/** @param {{act: Act, before: Date | null}} props */
function Line({ act, before }) {
  const { at } = act;
  const newDay = at && (!before || daysBetween(before, at) !== 0);
  const number = /^ticket\/(\d+)$/.exec(act.object)?.[1];
  return html`<li class="act">${newDay ? html`<h3 class="act-day">${dayHeading(at, state.now.value)}</h3>` : ''}
    <div class="act-line"><time class="act-time" datetime=${at?.toISOString()}>${timeOfDay(at)}</time>
      <p><b><bdi>${actor(act)}</bdi></b> <bdi>${sentence(act)}</bdi>
        ${number ? html` <a href=${href({ view: 'ticket', id: Number(number) })}>${t('audit.open')}</a>` : ''}</p></div></li>`;
}
