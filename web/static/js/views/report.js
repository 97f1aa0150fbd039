// @ts-check
import { reports } from '../actions/report.js';
import { Columns, Shares } from '../components/chart.js';
import { Figure } from '../components/figure.js';
import { everything, query as filterQuery } from '../filter.js';
import { calendarDay, count, duration, oneLine, share } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import { home } from '../zone.js';
import { Loading, useLoaded } from './loaded.js';

/** @typedef {import('../reportwire.js').Report} Summary */

/** How many days a report may be of. */
const periods = [7, 30, 90];

/** What came in during the last days, in numbers and pictures. @param {{query?: Record<string, string>}} props */
export function Report({ query = {} }) {
  const days = periods.find((one) => String(one) === query.dias) ?? 30;
  const { data, error } = useLoaded(() => reports.report(days, home() || Intl.DateTimeFormat().resolvedOptions().timeZone), String(days));
  return html`<main class="page report" id="contenido" tabindex="-1">
    <h1>${t('nav.report')}</h1>
    <nav class="periods" aria-label=${t('report.period')}><ul>${periods.map((one) => html`<li key=${one}><a class="nav-link" aria-current=${one === days ? 'page' : undefined}
      href=${href({ view: 'report', query: { dias: String(one) } })}>${t('report.days', { count: one })}</a></li>`)}</ul></nav>
    ${data ? html`${error ? html`<${Loading} error=${error} />` : ''}<${Known} data=${data} />` : html`<${Loading} error=${error} />`}
  </main>`;
}

/** @param {{data: Summary}} props */
function Known({ data }) {
  if (!data.tickets) return html`<p class="hint">${t('report.nothing')}</p>`;
  const days = data.days.map(({ day, tickets }) => ({ name: calendarDay(day), value: tickets }));
  const ends = [days[0].name, days[Math.floor(days.length / 2)].name, days[days.length - 1].name];
  const hours = data.hours.map((tickets, hour) => ({ name: `${hour}:00`, value: tickets }));
  return html`<dl class="figures">
      <${Figure} name=${t('report.received')} value=${count(data.tickets)} note=${compared(data)} />
      <${Figure} name=${t('report.answered')} value=${share(data.answered, data.tickets)} note=${t('report.of', { part: data.answered, whole: data.tickets })} />
      <${Figure} name=${t('report.wait')} value=${data.firstAnswer === null ? '—' : duration(data.firstAnswer)} note=${data.firstAnswer === null ? t('report.noAnswer') : t('report.waitNote')} />
      <${Figure} name=${t('report.resolved')} value=${share(data.resolved, data.tickets)} note=${t('report.of', { part: data.resolved, whole: data.tickets })} />
    </dl>
    <${Columns} title=${t('report.byDay')} what=${t('report.day')} columns=${days} labels=${ends} />
    <${Columns} title=${t('report.byHour')} what=${t('report.hour')} columns=${hours} labels=${['0:00', '6:00', '12:00', '18:00', '23:00']} />
    <${Shares} title=${t('report.byCategory')} whole=${data.tickets} rows=${data.categories.map(({ name, tickets }) => ({
    name: oneLine(name) || t('category.unsure'), value: tickets, link: name ? href({ view: 'list' }, filterQuery({ ...everything, categories: [name], from: data.days[0].day })) : '',
  }))} />`;
}

/** How much more or less came than before. @param {Summary} data */
function compared({ tickets, before, days }) {
  if (tickets === before) return t('report.same', { count: days.length });
  return t(tickets > before ? 'report.more' : 'report.fewer', { count: Math.abs(tickets - before), days: days.length });
}
