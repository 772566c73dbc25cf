/**
 * Names of people for the synthetic population: common given and family names of many languages, which story.ts combines at
 * random. Nobody real is meant.
 */
import type { Weighted } from './random.ts';

/** The names of one language community, the language its members may prefer, and the sentence of a reminder in it. */
export interface Culture {
  readonly language: string;
  readonly languageName: string;
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
  /** Two family names, as in Spanish and Portuguese use. */
  readonly doubleFamily?: boolean;
  readonly race: readonly [code: string, display: string];
  readonly hispanic?: boolean;
  /** A reminder of an appointment; `{date}` stands for its date. */
  readonly reminder: string;
}

const white = ['2106-3', 'White'] as const;
const black = ['2054-5', 'Black or African American'] as const;
const asian = ['2028-9', 'Asian'] as const;
const native = ['1002-5', 'American Indian or Alaska Native'] as const;

const english: Culture = {
  language: 'en',
  languageName: 'English',
  female: ['Harper', 'Josephine', 'Maeve', 'Ruth', 'Delia', 'Imogen', 'Loretta', 'Marisol', 'Opal', 'Tabitha'],
  male: ['Amos', 'Calvin', 'Everett', 'Jasper', 'Leland', 'Marcus', 'Otis', 'Reuben', 'Silas', 'Wendell'],
  family: [
    'Abernathy',
    'Calloway',
    'Driscoll',
    'Fairbanks',
    'Holloway',
    'Langley',
    "O'Rourke",
    'Pettigrew',
    'Whitlock',
  ],
  race: white,
  reminder: 'This is a reminder of your appointment on {date}. Reply or call us if you cannot come.',
};

const spanish: Culture = {
  language: 'es',
  languageName: 'Spanish',
  female: ['María José', 'Lucía', 'Ximena', 'Concepción', 'Inés', 'Begoña', 'Rocío', 'Araceli', 'Mónica', 'Pilar'],
  male: ['José Ángel', 'Andrés', 'Joaquín', 'Íñigo', 'Ramón', 'Tomás', 'Martín', 'Efraín', 'Raúl', 'Óscar'],
  family: ['Muñoz', 'Peña', 'Ibáñez', 'Quiñones', 'Güemes', 'Ordóñez', 'Zúñiga', 'Cárdenas', 'Villaseñor', 'Bermúdez'],
  doubleFamily: true,
  race: white,
  hispanic: true,
  reminder: 'Le recordamos su cita del {date}. Responda o llámenos si no puede venir.',
};

const portuguese: Culture = {
  language: 'pt',
  languageName: 'Portuguese',
  female: ['Conceição', 'Inês', 'Letícia', 'Graça', 'Flávia', 'Luísa', 'Antónia'],
  male: ['João', 'Sebastião', 'Nuno', 'Estêvão', 'Caetano', 'Fábio', 'Tomé'],
  family: ['Gonçalves', 'Simões', 'Assunção', 'Magalhães', 'Brandão', 'Araújo', 'Leitão'],
  doubleFamily: true,
  race: white,
  reminder: 'Lembramos a sua consulta em {date}. Responda ou telefone-nos se não puder vir.',
};

const vietnamese: Culture = {
  language: 'vi',
  languageName: 'Vietnamese',
  female: ['Thị Hương', 'Mỹ Linh', 'Bích Ngọc', 'Thu Thảo', 'Kiều Oanh', 'Ánh Tuyết'],
  male: ['Văn Dũng', 'Quốc Bảo', 'Minh Đức', 'Hữu Phước', 'Đình Khôi', 'Thế Vỹ'],
  family: ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Võ', 'Đặng', 'Bùi', 'Đỗ'],
  race: asian,
  reminder: 'Xin nhắc quý vị về cuộc hẹn vào ngày {date}. Xin trả lời hoặc gọi cho chúng tôi nếu không thể đến.',
};

const french: Culture = {
  language: 'fr',
  languageName: 'French',
  female: ['Renée', 'Françoise', 'Maëlle', 'Héloïse', 'Noémie', 'Guerda', 'Fabiola'],
  male: ['Jérôme', 'Benoît', 'Loïc', 'Gaétan', 'Frantz', 'Théodore', 'Médard'],
  family: ['Lefèvre', 'Bélanger', 'Désir', 'Pétion', 'Château', 'Beauséjour', 'Gagné', 'Toussaint-Noël'],
  race: black,
  reminder: 'Nous vous rappelons votre rendez-vous du {date}. Répondez ou appelez-nous si vous ne pouvez pas venir.',
};

const polish: Culture = {
  language: 'pl',
  languageName: 'Polish',
  female: ['Małgorzata', 'Agnieszka', 'Żaneta', 'Bożena', 'Łucja', 'Grażyna'],
  male: ['Łukasz', 'Stanisław', 'Wojciech', 'Zbigniew', 'Mścisław', 'Jędrzej'],
  family: ['Wójcik', 'Kaźmierczak', 'Dąbek', 'Śliwa', 'Żółkiewicz', 'Gołąb'],
  race: white,
  reminder: 'Przypominamy o wizycie dnia {date}. Prosimy o odpowiedź lub telefon, jeśli nie może Pan lub Pani przyjść.',
};

const nordic: Culture = {
  language: 'en',
  languageName: 'English',
  female: ['Åse', 'Sølvi', 'Þóra', 'Märta', 'Jóhanna', 'Tuulikki'],
  male: ['Bjørn', 'Håkon', 'Sæmundur', 'Göran', 'Väinö', 'Øystein'],
  family: ['Ødegård', 'Sjöström', 'Hämäläinen', 'Bækkelund', 'Þorsteinsson', 'Nygård'],
  race: white,
  reminder: english.reminder,
};

const arabic: Culture = {
  language: 'ar',
  languageName: 'Arabic',
  female: ['Layla', 'Noor', 'Hanan', 'Samira', 'Yasmin', 'Rania'],
  male: ['Karim', 'Tariq', 'Youssef', 'Idris', 'Mahmoud', 'Bilal'],
  family: ['Al-Khatib', 'Haddad', 'El-Masri', 'Nasser', 'Abu Zayd', 'Qasim'],
  race: white,
  reminder: 'نذكركم بموعدكم بتاريخ {date}. يرجى الرد أو الاتصال بنا إذا تعذر عليكم الحضور.',
};

const chinese: Culture = {
  language: 'zh',
  languageName: 'Chinese',
  female: ['Lǐnà', 'Xiùyīng', 'Měilíng', 'Yùlán', 'Huìmǐn'],
  male: ['Jiànguó', 'Zhìqiáng', 'Wěimíng', 'Hàorán', 'Lèi'],
  family: ['Zhāng', 'Lǚ', 'Chén', 'Ōuyáng', 'Xú', 'Sītú'],
  race: asian,
  reminder: '提醒您：您的预约时间是 {date}。如不能前来，请回复或致电我们。',
};

const indian: Culture = {
  language: 'en',
  languageName: 'English',
  female: ['Ananya', 'Lakshmi', 'Priyanka', 'Meenakshi', 'Kavita', 'Gurleen'],
  male: ['Arjun', 'Rohan', 'Vikram', 'Harpreet', 'Siddharth', 'Manoj'],
  family: ['Chatterjee', 'Iyer', 'Sandhu', 'Deshpande', 'Krishnamurthy', 'Patel'],
  race: asian,
  reminder: english.reminder,
};

const yoruba: Culture = {
  language: 'en',
  languageName: 'English',
  female: ['Adébísí', 'Fọlákẹ́', 'Títílayọ̀', 'Amara', 'Ngozi', 'Wanjirũ'],
  male: ['Ọládélé', 'Babátúndé', 'Kọ́láwọlé', 'Chukwuemeka', 'Kwame', 'Mũthoni'],
  family: ['Adéyẹmí', 'Ọláníyan', 'Okafor', 'Mensah', 'Nwosu', 'Kĩmani'],
  race: black,
  reminder: english.reminder,
};

const dine: Culture = {
  language: 'nv',
  languageName: 'Navajo',
  female: ['Dezbah', 'Nizhoni', 'Shándíín', 'Rose', 'Marlene', 'Verna'],
  male: ['Ahiga', 'Niyol', 'Delbert', 'Leland', 'Wilson'],
  family: ['Begay', 'Tsosie', 'Yazzie', 'Benally', 'Nez', 'Bitsuie'],
  race: native,
  reminder: english.reminder,
};

/** The cultures of the population, as often as each comes. */
export const cultures: Weighted<Culture> = [
  [english, 34],
  [spanish, 24],
  [dine, 8],
  [vietnamese, 6],
  [french, 5],
  [polish, 4],
  [portuguese, 4],
  [nordic, 4],
  [arabic, 3],
  [chinese, 3],
  [indian, 3],
  [yoruba, 2],
];

/** What friends call someone, when it is no short form of the given name. */
export const nicknames: readonly string[] = ['Ace', 'Bee', 'Chuy', 'Dot', 'Kit', 'Lulu', 'Noé', 'Pip', 'Sunny', 'Zuzu'];

/** Letters that Unicode does not decompose into a base letter and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  đ: 'd',
  ł: 'l',
  ø: 'o',
  æ: 'ae',
  þ: 'th',
  ð: 'd',
  ı: 'i',
  ß: 'ss',
};

/** `name` in the letters a-z and digits, for an electronic address: Żółkiewicz is zolkiewicz. */
export const plain = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[đłøæþðıß]/g, (letter) => plainLetters[letter] ?? '')
    .replace(/[^a-z0-9]/g, '');
