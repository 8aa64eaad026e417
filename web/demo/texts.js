/** Every text of the page in each language, and how the language writes numbers, times and countries. */

const en = {
  language: "Language",
  askTitle: "Sign in or sign up",
  askLead: "We send you a code. No password needed.",
  by: "Where should the code go?",
  phone: "Phone",
  email: "Email",
  phoneNumber: "Phone number",
  emailAddress: "Email address",
  phoneHint: (country) => `${country}. Begin with + for another country.`,
  phoneHintUnknown: "Begin with + and the country code.",
  send: "Send code",
  sending: "Sending…",
  codeTitle: "Enter the code",
  codeSentTo: (address) => `We sent it to ${address}.`,
  change: "Change",
  code: "Code",
  verify: "Continue",
  verifying: "Checking…",
  resend: "Send a new code",
  waitToResend: (time) => `Send a new code in ${time}`,
  waitToTry: (time) => `Try again in ${time}`,
  deliveryQueued: "The code is on its way.",
  deliverySent: "The code was sent.",
  deliveryDelivered: "The code was delivered.",
  deliveryFailed: "The code could not be delivered. Check the address, or use another.",
  resent: "A new code is on its way. The old one no longer works.",
  signedInTitle: "You are signed in",
  newAccount: "Your account was just created.",
  welcomeBack: "Welcome back.",
  left: (time) => `The access token has ${time} left. It renews itself.`,
  renewed: (count) => (count === "1" ? "Renewed once." : `Renewed ${count} times.`),
  claims: "What the token says",
  sub: "Customer",
  sid: "Session",
  amr: "Signed in by",
  roles: "Roles",
  auth_time: "Signed in at",
  iat: "Token issued at",
  exp: "Token ends at",
  iss: "Issuer",
  aud: "Audience",
  none: "none",
  logOut: "Log out here",
  logOutEverywhere: "Log out everywhere",
  loggedOut: "You are logged out on this device.",
  loggedOutEverywhere: "You are logged out on every device.",
  ended: "Your session has ended. Sign in again.",
  inbox: "Open the local inbox",
  required: { phone: "Enter your phone number.", email: "Enter your email address.", code: (length) => `Enter the code of ${length} characters.` },
  wrong: {
    phone: "This number cannot be used. Check that it is complete and can receive SMS.",
    email: "This email address cannot be used. Check its spelling.",
    code: "This is not a code. Check the message.",
  },
  notServed: (countries) => `We only send codes to numbers of: ${countries}.`,
  errors: {
    wrong_proof: "This code is wrong, or it has expired. Check it, or ask for a new one.",
    throttled: "Too many attempts. You can try again when the time below is over.",
    offline: "There is no connection. Nothing is lost: try again when you are back online.",
    account_deletion_pending: "This account is being deleted.",
    other: "Something went wrong on our side. Try again in a moment.",
  },
  offline: "You are offline.",
};

const tr = {
  language: "Dil",
  askTitle: "Giriş yapın veya üye olun",
  askLead: "Size bir kod gönderiyoruz. Parola gerekmez.",
  by: "Kod nereye gönderilsin?",
  phone: "Telefon",
  email: "E-posta",
  phoneNumber: "Telefon numarası",
  emailAddress: "E-posta adresi",
  phoneHint: (country) => `${country}. Başka bir ülke için + ile başlayın.`,
  phoneHintUnknown: "+ ve ülke koduyla başlayın.",
  send: "Kod gönder",
  sending: "Gönderiliyor…",
  codeTitle: "Kodu girin",
  codeSentTo: (address) => `Kodu ${address} adresine gönderdik.`,
  change: "Değiştir",
  code: "Kod",
  verify: "Devam et",
  verifying: "Denetleniyor…",
  resend: "Yeni kod gönder",
  waitToResend: (time) => `Yeni kod için ${time}`,
  waitToTry: (time) => `${time} sonra yeniden deneyin`,
  deliveryQueued: "Kod yolda.",
  deliverySent: "Kod gönderildi.",
  deliveryDelivered: "Kod ulaştı.",
  deliveryFailed: "Kod ulaştırılamadı. Adresi denetleyin veya başka bir adres kullanın.",
  resent: "Yeni kod yolda. Eski kod artık geçmez.",
  signedInTitle: "Giriş yaptınız",
  newAccount: "Hesabınız şimdi oluşturuldu.",
  welcomeBack: "Yeniden hoş geldiniz.",
  left: (time) => `Erişim anahtarının ${time} süresi kaldı. Kendiliğinden yenilenir.`,
  renewed: (count) => `${count} kez yenilendi.`,
  claims: "Anahtarda yazanlar",
  sub: "Müşteri",
  sid: "Oturum",
  amr: "Giriş yolu",
  roles: "Roller",
  auth_time: "Giriş zamanı",
  iat: "Anahtarın başlangıcı",
  exp: "Anahtarın sonu",
  iss: "Veren",
  aud: "Alıcı",
  none: "yok",
  logOut: "Bu cihazdan çık",
  logOutEverywhere: "Her yerden çık",
  loggedOut: "Bu cihazda oturumunuz kapatıldı.",
  loggedOutEverywhere: "Bütün cihazlarda oturumunuz kapatıldı.",
  ended: "Oturumunuz sona erdi. Yeniden giriş yapın.",
  inbox: "Yerel gelen kutusunu aç",
  required: { phone: "Telefon numaranızı girin.", email: "E-posta adresinizi girin.", code: (length) => `${length} karakterlik kodu girin.` },
  wrong: {
    phone: "Bu numara kullanılamaz. Eksiksiz olduğunu ve SMS alabildiğini denetleyin.",
    email: "Bu e-posta adresi kullanılamaz. Yazımını denetleyin.",
    code: "Bu bir kod değil. İletiye bakın.",
  },
  notServed: (countries) => `Yalnızca şu ülkelerin numaralarına kod gönderiyoruz: ${countries}.`,
  errors: {
    wrong_proof: "Kod yanlış veya süresi dolmuş. Denetleyin veya yeni bir kod isteyin.",
    throttled: "Çok fazla deneme yapıldı. Aşağıdaki süre dolunca yeniden deneyebilirsiniz.",
    offline: "Bağlantı yok. Hiçbir şey kaybolmadı: yeniden çevrimiçi olunca deneyin.",
    account_deletion_pending: "Bu hesap siliniyor.",
    other: "Bizim tarafımızda bir sorun oluştu. Birazdan yeniden deneyin.",
  },
  offline: "Çevrimdışısınız.",
};

const fa = {
  language: "زبان",
  askTitle: "ورود یا ثبت‌نام",
  askLead: "برایتان یک کد می‌فرستیم. نیازی به گذرواژه نیست.",
  by: "کد به کجا فرستاده شود؟",
  phone: "تلفن",
  email: "ایمیل",
  phoneNumber: "شماره تلفن",
  emailAddress: "نشانی ایمیل",
  phoneHint: (country) => `${country}. برای کشوری دیگر با + آغاز کنید.`,
  phoneHintUnknown: "با + و کد کشور آغاز کنید.",
  send: "فرستادن کد",
  sending: "در حال فرستادن…",
  codeTitle: "کد را وارد کنید",
  codeSentTo: (address) => `کد را به ${address} فرستادیم.`,
  change: "تغییر",
  code: "کد",
  verify: "ادامه",
  verifying: "در حال بررسی…",
  resend: "فرستادن کد تازه",
  waitToResend: (time) => `کد تازه پس از ${time}`,
  waitToTry: (time) => `تلاش دوباره پس از ${time}`,
  deliveryQueued: "کد در راه است.",
  deliverySent: "کد فرستاده شد.",
  deliveryDelivered: "کد رسید.",
  deliveryFailed: "کد نرسید. نشانی را بررسی کنید یا نشانی دیگری بدهید.",
  resent: "کد تازه در راه است. کد پیشین دیگر کار نمی‌کند.",
  signedInTitle: "وارد شدید",
  newAccount: "حساب شما همین حالا ساخته شد.",
  welcomeBack: "خوش آمدید.",
  left: (time) => `از توکن دسترسی ${time} مانده است. خودبه‌خود تازه می‌شود.`,
  renewed: (count) => `${count} بار تازه شد.`,
  claims: "آنچه در توکن آمده است",
  sub: "مشتری",
  sid: "نشست",
  amr: "راه ورود",
  roles: "نقش‌ها",
  auth_time: "زمان ورود",
  iat: "زمان صدور توکن",
  exp: "پایان توکن",
  iss: "صادرکننده",
  aud: "مخاطب",
  none: "هیچ",
  logOut: "خروج از این دستگاه",
  logOutEverywhere: "خروج از همه‌جا",
  loggedOut: "از این دستگاه خارج شدید.",
  loggedOutEverywhere: "از همهٔ دستگاه‌ها خارج شدید.",
  ended: "نشست شما پایان یافت. دوباره وارد شوید.",
  inbox: "باز کردن صندوق محلی",
  required: {
    phone: "شماره تلفن خود را وارد کنید.",
    email: "نشانی ایمیل خود را وارد کنید.",
    code: (length) => `کد ${length} نویسه‌ای را وارد کنید.`,
  },
  wrong: {
    phone: "این شماره پذیرفته نیست. بررسی کنید که کامل باشد و پیامک بگیرد.",
    email: "این نشانی ایمیل پذیرفته نیست. املای آن را بررسی کنید.",
    code: "این کد نیست. پیام را ببینید.",
  },
  notServed: (countries) => `تنها به شماره‌های این کشورها کد می‌فرستیم: ${countries}.`,
  errors: {
    wrong_proof: "کد نادرست است یا زمانش گذشته است. آن را بررسی کنید یا کد تازه بخواهید.",
    throttled: "تلاش‌ها بیش از اندازه شد. پس از پایان زمان زیر می‌توانید دوباره تلاش کنید.",
    offline: "اتصال برقرار نیست. چیزی از دست نرفته است: پس از اتصال دوباره تلاش کنید.",
    account_deletion_pending: "این حساب در حال حذف شدن است.",
    other: "مشکلی از سوی ما پیش آمد. کمی بعد دوباره تلاش کنید.",
  },
  offline: "آفلاین هستید.",
};

export const languages = { en, tr, fa };

/** A language as the page uses it: its texts, direction, and ways of writing. */
export class Language {
  constructor(tag) {
    this.tag = tag;
    this.texts = languages[tag];
    this.direction = tag === "fa" ? "rtl" : "ltr";
    this.#twoDigits = new Intl.NumberFormat(tag, { minimumIntegerDigits: 2, useGrouping: false });
    this.#number = new Intl.NumberFormat(tag);
    this.#moment = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "medium" });
    this.#regions = new Intl.DisplayNames(tag, { type: "region" });
    this.#list = new Intl.ListFormat(tag, { type: "unit" });
  }

  #twoDigits;
  #number;
  #moment;
  #regions;
  #list;

  number(value) {
    return this.#number.format(value);
  }

  /** Seconds as 1:29 or 2:05:00. */
  duration(seconds) {
    const minutes = Math.floor(seconds / 60);
    const parts = minutes < 60 ? [minutes] : [Math.floor(minutes / 60), minutes % 60];
    const [first, ...rest] = [...parts, seconds % 60];
    return [this.number(first), ...rest.map((each) => this.#twoDigits.format(each))].join(":");
  }

  moment(epochSeconds) {
    return this.#moment.format(new Date(epochSeconds * 1000));
  }

  country(region) {
    return this.#regions.of(region);
  }

  countries(regions) {
    return this.#list.format(regions.map((each) => this.country(each)));
  }
}
