// The sandbox page: two phones that play the customer, and the day of the web shop's conversation.
import { Phone } from './phone.js';

const words = JSON.parse(document.getElementById('words').textContent);
const phones = [...document.querySelectorAll('.phone')].map((element) => new Phone(element, words));
phones.forEach((phone) => phone.start());

const shop = document.getElementById('shop');
const browser = shop.closest('.device');
const notice = browser.querySelector('.notice');
const day = document.getElementById('web-today');
const chat = () => shop.contentWindow?.postventa;

day.addEventListener('change', async () => {
  const { conversation } = await chat().session();
  const answer = await fetch('/sandbox/api/web/today', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversation, today: day.value || null }),
  });
  const said = await answer.json();
  notice.classList.toggle('bad', !answer.ok);
  if (!answer.ok) notice.textContent = `${words.failed} ${said.error.message}`;
  else notice.textContent = said.today ? words.day_set.replace('{day}', said.today) : words.day_real;
});

document.getElementById('new-visitor').addEventListener('click', async () => {
  day.value = '';
  notice.textContent = '';
  await chat()?.reset();
  await chat()?.open({ focus: false });
});
