// @ts-check
import { merge, split } from '../actions/desk.js';
import { Confirmation } from '../components/confirmation.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { go, route } from '../router.js';
import * as talk from '../talk.js';

/** What somebody has to confirm before messages move. */
export function Question() {
  const question = talk.question.value;
  if (!question) return null;
  const no = () => { talk.question.value = null; };
  if (question.kind === 'merge') {
    return html`<${Confirmation} title=${t('merge.title', { id: question.ticket })} text=${t('merge.text', { id: question.ticket })} action=${t('aside.merge')}
      onYes=${() => merge(question.ticket)} onNo=${no} />`;
  }
  const yes = async () => {
    const id = await split(question.message);
    if (id && route.value.id === question.ticket) go({ view: 'ticket', id });
  };
  return html`<${Confirmation} title=${t('split.title')} text=${t('split.text')} action=${t('chat.split')} onYes=${yes} onNo=${no} />`;
}
