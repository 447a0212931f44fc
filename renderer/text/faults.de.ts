/** Störungen auf Deutsch, nach Code. Schwere und Knopf stehen in der Tabelle des Kerns. */
import type { FaultCode } from '../../core/faults.ts';
import type { FaultWords } from './words.svelte.ts';

const w = (what: string, cause: string, todo: string): FaultWords => ({ what, cause, todo });

export const faultsDe = {
  'url-malformed': w(
    'Das ist keine Pooladresse.',
    'Eine Pooladresse sieht so aus: stratum2+tcp://host:port/SCHLÜSSEL.',
    'Kopiere sie noch einmal von der Seite des Pools.',
  ),
  'url-port-missing': w(
    'Der Adresse fehlt der Port.',
    'Jeder Pool hört auf seinem eigenen Port; es gibt keinen üblichen.',
    'Setze den Port hinter den Host, wie in host:3333.',
  ),
  'url-key-missing': w(
    'Der Adresse fehlt der Schlüssel.',
    'Ohne ihn kann niemand den Pool von einem Betrüger unterscheiden.',
    'Kopiere die ganze Adresse mit dem Schlüssel von der Seite des Pools.',
  ),
  'url-protocol-unknown': w(
    'Dieses Protokoll spricht Hearth nicht.',
    'Die Adresse beginnt anders als mit stratum2+tcp:// oder, für einen Knoten, http://.',
    'Frage den Pool nach seiner Stratum-V2-Adresse.',
  ),
  'key-checksum': w('Im Schlüssel ist ein Tippfehler.', 'Seine Prüfsumme stimmt nicht.', 'Kopiere den Schlüssel noch einmal.'),
  'key-malformed': w(
    'Das ist kein Schlüssel eines Pools.',
    'Er hat die falsche Länge oder Zeichen, die ein Schlüssel nie hat.',
    'Kopiere den Schlüssel noch einmal.',
  ),
  'key-version': w(
    'Der Schlüssel hat eine unbekannte Version.',
    'Er wurde für eine andere Fassung des Protokolls gemacht.',
    'Frage den Pool nach seinem jetzigen Schlüssel.',
  ),
  'key-old-form': w(
    'Dieser Schlüssel steht in einer alten Form.',
    'Er wurde veröffentlicht, bevor Schlüssel eine Version trugen.',
    'Frage den Pool nach seinem jetzigen Schlüssel.',
  ),
  'key-not-on-curve': w(
    'Diesen Schlüssel kann es nicht geben.',
    'Seine Zahl ist kein Punkt der Kurve.',
    'Kopiere den Schlüssel noch einmal.',
  ),
  'address-checksum': w(
    'In der Adresse ist ein Tippfehler.',
    'Ihre Prüfsumme stimmt nicht.',
    'Kopiere die Adresse noch einmal aus deinem Wallet.',
  ),
  'address-malformed': w(
    'Das ist keine Bitcoin-Adresse.',
    'Länge, Anfang oder Zeichen kommen bei keiner Adresse vor.',
    'Kopiere die Adresse noch einmal aus deinem Wallet.',
  ),
  'address-other-network': w(
    'Diese Adresse gehört zu einem anderen Netz.',
    'Bitcoin und seine Testnetze haben verschiedene Adressen.',
    'Nimm eine Adresse des Netzes, in dem der Knoten oder Pool ist.',
  ),
  'user-missing': w(
    'Der Pool braucht einen Benutzernamen.',
    'Er entscheidet, wer bezahlt wird.',
    'Gib die Adresse oder das Konto ein, das der Pool verlangt.',
  ),
  'no-source': w(
    'Es gibt nichts, wo gemint werden könnte.',
    'Kein Pool, kein Knoten und keine Übung ist eingerichtet.',
    'Füge einen Pool oder Knoten hinzu oder probiere die Übung aus.',
  ),
  'source-unknown': w('Dieser Pool oder Knoten steht nicht in der Liste.', 'Er wurde inzwischen entfernt.', 'Wähle einen anderen.'),
  'device-unknown': w('Dieses Gerät steht nicht in der Liste.', 'Es wurde inzwischen entfernt.', 'Wähle ein anderes.'),
  'bad-arguments': w(
    'Hearth hat das nicht verstanden.',
    'Ein Wert fehlt oder liegt außerhalb seiner Grenzen.',
    'Prüfe, was eingegeben wurde.',
  ),
  'name-not-found': w(
    'Der Name des Pools ist nicht zu finden.',
    'Die Internetverbindung ist weg, oder der Name ist falsch.',
    'Prüfe die Verbindung, dann den Namen.',
  ),
  'connection-refused': w(
    'An diesem Port antwortet nichts.',
    'Der Pool oder Knoten läuft nicht, oder es ist ein anderer Port.',
    'Prüfe den Port und ob der Pool oder Knoten läuft.',
  ),
  'host-unreachable': w(
    'Der Pool ist nicht erreichbar.',
    'Das Netz oder eine Firewall steht im Weg.',
    'Prüfe die Verbindung oder versuche einen anderen Pool.',
  ),
  'dial-timeout': w(
    'Der Pool hat nicht rechtzeitig geantwortet.',
    'Er ist aus, weit weg, oder eine Firewall verwirft die Verbindung.',
    'Warte den nächsten Versuch ab oder nimm einen anderen Pool.',
  ),
  'stream-lost': w(
    'Die Verbindung wurde getrennt.',
    'Der Pool hat sie geschlossen, oder das Netz ist ausgefallen.',
    'Hearth verbindet sich von selbst wieder.',
  ),
  'handshake-timeout': w(
    'Der verschlüsselte Handschlag blieb stecken.',
    'Der Pool ist überlastet oder spricht an diesem Port kein Stratum V2.',
    'Prüfe den Port; versuche einen anderen Pool.',
  ),
  'handshake-failed': w(
    'Der verschlüsselte Handschlag ist gescheitert.',
    'Etwas auf dem Weg hat die Bytes verändert, oder das ist kein Stratum-V2-Port.',
    'Prüfe den Port. Geschieht es wieder, mischt sich vielleicht jemand ein.',
  ),
  'certificate-wrong-key': w(
    'Das ist nicht der Pool, den du gewählt hast.',
    'Er konnte nicht beweisen, dass er zum Schlüssel in der Adresse gehört. Es kann ein Betrüger sein, oder der Pool hat einen neuen Schlüssel.',
    'Mine hier nicht. Vergleiche den Schlüssel mit der Seite des Pools.',
  ),
  'certificate-expired': w(
    'Das Zertifikat des Pools ist abgelaufen, oder die Uhr dieses Computers geht vor.',
    'Zertifikate gelten nur begrenzte Zeit.',
    'Prüfe zuerst Datum und Uhrzeit dieses Computers. Stimmen sie, muss der Pool erneuern.',
  ),
  'certificate-not-yet-valid': w(
    'Das Zertifikat des Pools gilt noch nicht: die Uhr dieses Computers geht wohl nach.',
    'Zertifikate gelten ab dem Augenblick der Verbindung.',
    'Stelle die Uhr dieses Computers und versuche es noch einmal.',
  ),
  'certificate-version': w(
    'Das Zertifikat des Pools hat eine unbekannte Version.',
    'Der Pool ist neuer als diese App.',
    'Aktualisiere Hearth oder nimm einen anderen Pool.',
  ),
  'transport-tampered': w(
    'Die verschlüsselte Verbindung wurde beschädigt.',
    'Bytes wurden unterwegs verändert. Lesen oder umleiten konnte die Arbeit niemand.',
    'Hearth verbindet sich von selbst wieder.',
  ),
  'frame-too-long': w(
    'Der Pool hat eine Nachricht geschickt, die länger ist, als sie sein kann.',
    'Ein Fehler in der Software des Pools oder eine feindliche Gegenstelle.',
    'Hearth verbindet sich wieder; bleibt es so, nimm einen anderen Pool.',
  ),
  'frame-timeout': w(
    'Eine Nachricht des Pools brach mittendrin ab.',
    'Die Verbindung hängt, oder der Pool hat angehalten.',
    'Hearth verbindet sich von selbst wieder.',
  ),
  'protocol-broken': w(
    'Der Pool hat etwas geschickt, das dem Protokoll widerspricht.',
    'Ein Fehler in der Software des Pools oder eine feindliche Gegenstelle.',
    'Hearth verbindet sich wieder; bleibt es so, nimm einen anderen Pool.',
  ),
  'setup-refused': w(
    'Der Pool hat die Verbindung abgelehnt.',
    'Er bietet nicht an, was verlangt wurde.',
    'Seine Worte stehen unter Belege; versuche einen anderen Pool.',
  ),
  'setup-timeout': w(
    'Der Pool hat auf den Aufbau nicht geantwortet.',
    'Er ist überlastet oder hat noch keine Arbeit.',
    'Hearth versucht es von selbst wieder.',
  ),
  'channel-refused': w(
    'Der Pool hat diesen Benutzer abgelehnt.',
    'Der Name ist dort nicht bekannt, oder der Pool ist voll.',
    'Prüfe den Benutzernamen: eine Adresse oder ein Konto, das du angemeldet hast.',
  ),
  'channel-timeout': w('Der Pool hat keinen Kanal geöffnet.', 'Er ist überlastet.', 'Hearth versucht es von selbst wieder.'),
  'channel-closed': w(
    'Der Pool hat den Kanal geschlossen.',
    'Seine Worte stehen unter Belege.',
    'Hearth verbindet sich von selbst wieder.',
  ),
  'job-timeout': w(
    'Der Pool hat keine Arbeit gegeben.',
    'Sein eigener Knoten liefert ihm keine Vorlage.',
    'Hearth versucht es wieder; bleibt es so, nimm einen anderen Pool.',
  ),
  stalled: w(
    'Der Pool schweigt schon zu lange.',
    'Die Verbindung hängt, oder der Pool hat angehalten.',
    'Hearth verbindet sich von selbst wieder.',
  ),
  'reconnect-refused': w(
    'Der Pool wollte umziehen, wohin Hearth nicht geht.',
    'Die neue Adresse ist privat, oder er bat zu oft.',
    'Hearth bleibt bei der Adresse, die du gewählt hast.',
  ),
  'shares-refused': w(
    'Der Pool lehnt immer wieder gute Shares ab.',
    'Hearth hat sie geprüft; ein Fehler des Pools oder Diebstahl.',
    'Nimm einen anderen Pool.',
  ),
  'shares-unanswered': w(
    'Der Pool beantwortet Shares nicht.',
    'Er bestätigt spät oder gar nicht.',
    'Behalte es im Auge; bleibt es so, nimm einen anderen Pool.',
  ),
  'clock-off': w(
    'Die Uhr dieses Computers geht falsch.',
    'Sie weicht von der Zeit im Zertifikat des Pools oder in der Kette ab.',
    'Lass das System die Zeit stellen.',
  ),
  'key-published': w(
    'Verschlüsselt, nicht beglaubigt.',
    'Die geheime Hälfte des Schlüssels dieses Pools ist öffentlich, also beweist er nichts.',
    'Zum Ausprobieren in Ordnung; nimm zum richtigen Minen einen anderen Pool.',
  ),
  'node-unauthorised': w(
    'Der Knoten hat das Passwort abgelehnt.',
    'Falscher Benutzer oder falsches Passwort, oder eine alte Cookie-Datei.',
    'Prüfe die Zugangsdaten oder zeige auf die Cookie-Datei des Knotens.',
  ),
  'cookie-not-readable': w(
    'Die Cookie-Datei des Knotens ist nicht lesbar.',
    'Sie fehlt, oder dieser Benutzer darf sie nicht lesen. Der Knoten schreibt bei jedem Start eine neue.',
    'Prüfe Pfad und Rechte und ob der Knoten läuft.',
  ),
  'node-other-network': w(
    'Der Knoten ist in einem anderen Netz als die Adresse.',
    'Bitcoin und seine Testnetze lassen sich nicht mischen.',
    'Nimm eine Adresse aus dem Netz des Knotens.',
  ),
  'node-syncing': w(
    'Der Knoten holt noch auf.',
    'Er muss die ganze Kette kennen, bevor er Arbeit geben kann.',
    'Warte; Hearth beginnt von selbst, wenn er fertig ist.',
  ),
  'node-no-peers': w(
    'Der Knoten hat keine Verbindung zu anderen.',
    'Er hört nichts von neuen Blöcken und kann deine nicht verbreiten.',
    'Prüfe das Netz des Knotens.',
  ),
  'node-warming-up': w('Der Knoten startet.', 'Er antwortet, sobald er fertig ist.', 'Warte; Hearth beginnt von selbst.'),
  'node-answer-bad': w(
    'Die Antwort des Knotens ergibt keinen Sinn.',
    'Es ist kein Bitcoin-Knoten oder einer einer ganz anderen Version.',
    'Prüfe Adresse und Port.',
  ),
  'node-silent': w(
    'Der Knoten antwortet nicht rechtzeitig.',
    'Er ist sehr beschäftigt, oder etwas anderes hört an diesem Port.',
    'Hearth fragt von selbst wieder. Bleibt es so, prüfe die Adresse.',
  ),
  'node-rule-unknown': w(
    'Der Knoten folgt einer Regel, die Hearth nicht kennt.',
    'Hier gebaute Blöcke könnten dort ungültig sein. Der Knoten ist neuer als Hearth oder auf einer anderen Kette.',
    'Aktualisiere Hearth oder nimm einen anderen Knoten.',
  ),
  'node-signet-signed': w(
    'Blöcke dieses Signets brauchen die Unterschrift seines Hüters.',
    'Nur wer dessen Schlüssel hat, kann dort minen.',
    'Nimm einen Knoten in einem anderen Netz oder ein eigenes Signet.',
  ),
  'node-error': w('Der Knoten hat einen Fehler gemeldet.', 'Seine Worte stehen unter Belege.', 'Sieh im Protokoll des Knotens nach.'),
  'payout-mismatch': w(
    'Diese Arbeit würde dich nicht bezahlen.',
    'Die Coinbase zahlt nicht an deine Adresse.',
    'Hearth hat angehalten. Mine hier nicht.',
  ),
  'block-refused': w(
    'Der Knoten hat einen gefundenen Block abgelehnt.',
    'Ein anderer Block war schneller, oder der Knoten ist anderer Meinung.',
    'Seine Worte stehen unter Belege.',
  ),
  'settings-broken': w(
    'Die Einstellungen waren nicht lesbar.',
    'Die Datei war beschädigt. Sie liegt neben der neuen.',
    'Richte neu ein oder spiele eine Sicherung ein.',
  ),
  'settings-too-new': w(
    'Die Einstellungen stammen von einem neueren Hearth.',
    'Sie liegen neben den neuen.',
    'Aktualisiere Hearth oder richte neu ein.',
  ),
  'settings-not-saved': w(
    'Die Einstellungen ließen sich nicht speichern.',
    'Die Festplatte ist voll oder darf nicht beschrieben werden.',
    'Schaffe Platz; bis dahin behält Hearth sie im Arbeitsspeicher.',
  ),
  'history-not-saved': w(
    'Der Verlauf lässt sich nicht schreiben.',
    'Die Festplatte ist voll oder darf nicht beschrieben werden.',
    'Schaffe Platz. Das Minen geht weiter; Shares bleiben solange im Arbeitsspeicher.',
  ),
  'history-broken': w(
    'Der Verlauf war nicht lesbar.',
    'Die Datei war beschädigt. Sie liegt neben einer neuen.',
    'Nichts zu tun; die alte Datei lässt sich von Hand retten.',
  ),
  'disk-full': w('Die Festplatte ist voll.', 'Hearth konnte nicht speichern.', 'Schaffe Platz.'),
  'file-not-found': w('Eine Datei fehlt.', 'Sie wurde verschoben oder gelöscht.', 'Prüfe den Pfad.'),
  'file-not-readable': w('Eine Datei darf nicht gelesen werden.', 'Ihre Rechte erlauben es nicht.', 'Prüfe die Rechte.'),
  'file-not-writable': w('Eine Datei darf nicht geschrieben werden.', 'Ihre Rechte erlauben es nicht.', 'Prüfe die Rechte.'),
  'port-in-use': w(
    'Ein anderes Programm benutzt diesen Port.',
    'Vielleicht läuft Hearth schon.',
    'Schließe das andere Programm oder wähle einen anderen Port.',
  ),
  'listen-failed': w('Hearth konnte keinen Port öffnen.', 'Das System hat es verweigert.', 'Wähle einen anderen Port.'),
  'already-running': w(
    'Hearth läuft schon mit diesem Datenordner.',
    'Zwei zugleich würden den Verlauf verderben.',
    'Nimm das laufende oder einen anderen Ordner.',
  ),
  'device-gone': w(
    'Ein Gerät wurde abgesteckt.',
    'Das Kabel, der Anschluss oder sein Strom.',
    'Stecke es wieder an; es beginnt von selbst.',
  ),
  'device-failed': w('Ein Gerät arbeitet nicht mehr.', 'Siehe die Belege.', 'Stecke es ab, warte, stecke es wieder an.'),
  'device-silent': w(
    'Ein Gerät ist verstummt.',
    'Es sagt, dass es rechnet, aber seit viel zu langer Zeit kam keine Antwort.',
    'Stecke es ab, warte, stecke es wieder an.',
  ),
  'usb-unavailable': w(
    'Dieser Computer hat kein USB, das Hearth nutzen kann.',
    'Das System hat keinen USB-Bus oder gibt ihn nicht frei.',
    'Ohne USB-Miner ist nichts zu tun.',
  ),
  'usb-no-permission': w(
    'Hearth darf dieses USB-Gerät nicht benutzen.',
    'Das System überlässt USB-Geräte nur dem Administrator, bis eine Regel es anders sagt.',
    'Drücke unter Geräte auf „Erlauben“, oder starte „npm start -- devices“: Dort steht der Befehl, der es erlaubt.',
  ),
  'usb-rule-not-needed': w(
    'Dieser Computer braucht keine Regel für USB.',
    'Nur Linux überlässt USB-Geräte allein dem Administrator.',
    'Hier ist nichts zu tun.',
  ),
  'usb-no-driver': w(
    'Der Treiber dieses USB-Geräts ist im Weg.',
    'Das System hat ihm einen anderen Treiber als WinUSB gegeben, oder keinen.',
    'Installiere WinUSB für dieses Gerät mit Zadig, für beide Teile, wo Zadig zwei zeigt, und stecke es neu an.',
  ),
  'usb-driver-holds': w(
    'macOS behält dieses Board für seinen eigenen seriellen Treiber.',
    'Hearth muss seine Chips zurücksetzen, und dieser Treiber kann das nicht. Programme können ihm das Board nicht wegnehmen.',
    'Stecke es an einen Rechner mit Linux, oder mit Windows und dem WinUSB-Treiber.',
  ),
  'serial-baud-unsupported': w(
    'Der serielle Treiber dieses Boards ist zu langsam für es.',
    'Der Treiber des Systems schafft nicht das Tempo, das das Board braucht.',
    'Aktualisiere den Treiber des USB-Chips von dessen Hersteller und stecke das Board neu an.',
  ),
  'usb-stock-firmware': w(
    'Das ist vielleicht ein Bitaxe mit der Firmware des Herstellers: es schürft über dein Netzwerk.',
    'Über USB zeigt so ein Board nur seinen Anschluss zur Fehlersuche; Hearth rührt ihn nicht an.',
    'Wenn es einer ist: öffne seine eigene Webseite und trage dort deinen Pool ein.',
  ),
  'usb-firmware-unknown': w(
    'Das kommt von einem Hersteller von Minern, aber Hearth kennt es nicht.',
    'Ein neueres Board oder eine andere Firmware. Es wurde nicht geöffnet.',
    'Aktualisiere Hearth. Wenn es bleibt, melde, was es von sich sagt.',
  ),
  'usb-cable-loose': w(
    'Ein USB-Gerät kommt und geht.',
    'Ein lockeres oder verschlissenes Kabel, ein solcher Anschluss, oder ein Hub mit zu wenig Strom.',
    'Versuche ein kürzeres Kabel und einen anderen Anschluss; nimm einen Hub mit eigenem Netzteil.',
  ),
  'usb-hub-weak': w(
    'Dieses Board hängt an einem Hub ohne eigenes Netzteil.',
    'So ein Hub teilt 500 mA unter all seinen Anschlüssen auf. Sticks nehmen bis zu 2 A, jeder.',
    'Nimm einen Hub mit eigenem starkem Netzteil, außer das Board hat selbst eines.',
  ),
  'usb-busy': w(
    'Ein anderes Programm benutzt dieses Gerät.',
    'Es hat das Gerät vor Hearth geöffnet; sein Name steht bei den Belegen, wo das System ihn verrät.',
    'Schließe das andere Programm; Hearth versucht es von selbst wieder.',
  ),
  'usb-transfer-failed': w(
    'Ein USB-Gerät nimmt oder gibt keine Daten.',
    'Das Kabel, der Hub oder zu wenig Strom.',
    'Hearth versucht es von selbst wieder. Bleibt es dabei, nimm ein kürzeres Kabel oder einen anderen Anschluss.',
  ),
  'device-no-chips': w(
    'Die Chips eines Geräts antworten nicht.',
    'Zu wenig Strom, ein missglückter Start oder ein Schaden.',
    'Prüfe seine Stromversorgung. Stecke es ab, warte, stecke es an einem anderen Anschluss an.',
  ),
  'device-nonsense': w(
    'Ein Gerät antwortet Unsinn.',
    'Es ist beschädigt, viel zu schnell oder zu heiß, oder nicht das, was es behauptet.',
    'Senke seine Frequenz, prüfe Strom und Kühlung.',
  ),
  'device-quarantined': w(
    'Hearth hat ein Gerät aufgegeben.',
    'Es hat immer wieder versagt; der letzte Grund steht bei den Belegen. Die anderen rechnen weiter.',
    'Sieh den Grund an. Dann stecke es ab, warte, stecke es wieder an.',
  ),
  'device-hung': w(
    'Ein Gerät hat aufgehört zu antworten und wird neu gestartet.',
    'Hitze, Strom oder eine zu hohe Frequenz.',
    'Ist es selten, ist nichts zu tun. Sonst senke seine Frequenz.',
  ),
  'device-slow': w(
    'Ein Gerät leistet viel weniger, als es sollte.',
    'Seine Frequenz ist zu hoch für Strom oder Kühlung.',
    'Hearth startet es neu, und langsamer, wenn es wieder geschieht.',
  ),
  'device-chips-silent': w(
    'Einige Chips eines Geräts geben keine Antwort.',
    'Sie sind kaputt oder schlecht gekühlt, oder sie bekommen zu wenig Strom.',
    'Die anderen arbeiten weiter. Stecke das Gerät ab, lass es abkühlen und stecke es wieder an. Hilft das nicht, senke seine Frequenz.',
  ),
  'device-too-hot': w(
    'Ein Gerät wurde zu heiß und ist abgeschaltet.',
    'Staub, ein warmer Raum, ein schwacher Lüfter oder eine hohe Frequenz.',
    'Kühle es besser. Es beginnt von selbst wieder, sobald es kühl ist.',
  ),
  'device-throttled': w(
    'Ein Gerät ist heiß und läuft langsamer.',
    'Staub, ein warmer Raum, ein schwacher Lüfter oder eine hohe Frequenz.',
    'Kühle es besser oder senke seine Frequenz. Es wird von selbst wieder schneller, sobald es kühler ist.',
  ),
  'device-over-current': w(
    'Ein Gerät zog zu viel Strom und ist abgeschaltet.',
    'Seine Frequenz ist zu hoch, oder es ist beschädigt.',
    'Senke seine Frequenz.',
  ),
  'device-supply-voltage': w(
    'Die Versorgungsspannung eines Geräts stimmt nicht; es ist abgeschaltet.',
    'Das Netzteil ist zu schwach oder das falsche.',
    'Nimm das Netzteil, das zum Gerät gehört.',
  ),
  'device-fan-failed': w(
    'Der Lüfter eines Geräts steht; das Gerät ist abgeschaltet.',
    'Etwas blockiert ihn, sein Stecker ist lose, oder er ist kaputt.',
    'Prüfe den Lüfter. Dreht er sich, beginnt das Gerät von selbst wieder.',
  ),
  'device-power-fault': w(
    'Der Spannungsregler eines Geräts meldet einen Fehler; das Gerät ist abgeschaltet.',
    'Das Netzteil gibt nach, oder das Gerät ist beschädigt.',
    'Prüfe das Netzteil.',
  ),
  'device-sensor-silent': w(
    'Ein Sensor eines Geräts antwortet nicht; das Gerät ist abgeschaltet.',
    'Ohne ihn sieht niemand, ob das Gerät zu heiß wird.',
    'Stecke es ab, warte, stecke es wieder an.',
  ),
  'worker-crashed': w(
    'Ein Thread des Prozessors hat angehalten.',
    'Dem Computer ging der Speicher aus, oder ein Fehler in Hearth.',
    'Hearth startet ihn von selbst wieder.',
  ),
  'hardware-errors': w(
    'Ein Gerät gibt falsche Antworten.',
    'Es ist zu heiß, zu schnell oder bekommt zu wenig Strom.',
    'Senke seinen Takt, prüfe Strom und Kühlung.',
  ),
  'device-stays-on': w(
    'Ein Gerät ließ sich nicht abschalten.',
    'Es oder sein USB-Anschluss antwortet nicht mehr. Es hat vielleicht noch Strom und wird heiß, ohne dass es jemand sieht.',
    'Stecke es ab. Bis dahin sagt ihm Hearth alle paar Sekunden noch einmal, dass es abschalten soll.',
  ),
  'app-interrupted': w(
    'Hearth lief nicht, als es hätte minen sollen.',
    'Der Computer war aus oder schlief, oder Hearth wurde gewaltsam beendet.',
    'Nichts zu tun: das Minen hat wieder begonnen.',
  ),
  'miner-gone': w(
    'Der Miner antwortet nicht.',
    'Er wurde beendet oder startet gerade neu.',
    'Hearth verbindet sich von selbst wieder. Wurde er beendet, starte ihn wieder.',
  ),
  'random-broken': w(
    'Dieser Computer liefert keine Zufallszahlen.',
    'Seine Zufallsquelle ist kaputt: Schlüssel daraus wären wertlos.',
    'Starte den Computer neu.',
  ),
  internal: w('In Hearth ist etwas schiefgegangen.', 'Das ist ein Fehler in Hearth.', 'Kopiere die Diagnose und melde ihn.'),
} satisfies Partial<Record<FaultCode, FaultWords>>;
