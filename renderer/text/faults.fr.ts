/** Pannes en français, par code. La gravité et le bouton sont dans la table du noyau. */
import type { FaultCode } from '../../core/faults.ts';
import type { FaultWords } from './words.svelte.ts';

const w = (what: string, cause: string, todo: string): FaultWords => ({ what, cause, todo });

export const faultsFr = {
  'url-malformed': w(
    'Ce n’est pas l’adresse d’un pool.',
    'Une adresse de pool ressemble à stratum2+tcp://hôte:port/CLÉ.',
    'Copie-la de nouveau depuis la page du pool.',
  ),
  'url-port-missing': w(
    'Il manque le port dans l’adresse.',
    'Chaque pool écoute sur son propre port ; il n’y en a pas d’habituel.',
    'Ajoute le port après l’hôte, comme dans host:3333.',
  ),
  'url-key-missing': w(
    'Il manque la clé dans l’adresse.',
    'Sans sa clé, personne ne peut distinguer le pool d’un imposteur.',
    'Copie l’adresse entière, avec la clé, depuis la page du pool.',
  ),
  'url-protocol-unknown': w(
    'Hearth ne parle pas ce protocole.',
    'L’adresse ne commence ni par stratum2+tcp:// ni, pour un nœud, par http://.',
    'Demande au pool son adresse Stratum V2.',
  ),
  'key-checksum': w('La clé contient une faute de frappe.', 'Sa somme de contrôle ne correspond pas.', 'Copie la clé de nouveau.'),
  'key-malformed': w(
    'Ce n’est pas la clé d’un pool.',
    'Elle n’a pas la bonne longueur, ou contient des caractères qu’une clé n’a jamais.',
    'Copie la clé de nouveau.',
  ),
  'key-version': w(
    'La clé est d’une version inconnue.',
    'Elle a été faite pour une autre version du protocole.',
    'Demande au pool sa clé actuelle.',
  ),
  'key-old-form': w(
    'Cette clé est écrite sous une ancienne forme.',
    'Elle a été publiée avant que les clés portent une version.',
    'Demande au pool sa clé actuelle.',
  ),
  'key-not-on-curve': w('Cette clé ne peut pas exister.', 'Son nombre n’est pas un point de la courbe.', 'Copie la clé de nouveau.'),
  'address-checksum': w(
    'L’adresse contient une faute de frappe.',
    'Sa somme de contrôle ne correspond pas.',
    'Copie l’adresse de nouveau depuis ton portefeuille.',
  ),
  'address-malformed': w(
    'Ce n’est pas une adresse bitcoin.',
    'Sa longueur, son début ou ses caractères ne sont ceux d’aucune adresse.',
    'Copie l’adresse de nouveau depuis ton portefeuille.',
  ),
  'address-other-network': w(
    'Cette adresse est d’un autre réseau.',
    'Bitcoin et ses réseaux de test ont des adresses différentes.',
    'Prends une adresse du réseau où se trouve le nœud ou le pool.',
  ),
  'user-missing': w(
    'Le pool a besoin d’un nom d’utilisateur.',
    'Il décide de qui est payé.',
    'Saisis l’adresse ou le compte que le pool demande.',
  ),
  'no-source': w(
    'Il n’y a nulle part où miner.',
    'Aucun pool, aucun nœud et aucun entraînement n’a été configuré.',
    'Ajoute un pool ou un nœud, ou essaie l’entraînement.',
  ),
  'source-unknown': w('Ce pool ou ce nœud n’est pas dans la liste.', 'Il a été retiré entre-temps.', 'Choisis-en un autre.'),
  'device-unknown': w('Cet appareil n’est pas dans la liste.', 'Il a été retiré entre-temps.', 'Choisis-en un autre.'),
  'bad-arguments': w('Hearth n’a pas compris.', 'Une valeur manque ou dépasse ses limites.', 'Vérifie ce qui a été saisi.'),
  'name-not-found': w(
    'Le nom du pool est introuvable.',
    'La connexion internet est coupée, ou le nom est faux.',
    'Vérifie la connexion, puis le nom.',
  ),
  'connection-refused': w(
    'Rien ne répond sur ce port.',
    'Le pool ou le nœud ne tourne pas, ou c’est un autre port.',
    'Vérifie le port, et que le pool ou le nœud tourne.',
  ),
  'host-unreachable': w(
    'Le pool est hors d’atteinte.',
    'Le réseau ou un pare-feu fait obstacle.',
    'Vérifie la connexion, ou essaie un autre pool.',
  ),
  'dial-timeout': w(
    'Le pool n’a pas répondu à temps.',
    'Il est arrêté, très loin, ou un pare-feu rejette la connexion.',
    'Attends le prochain essai, ou prends un autre pool.',
  ),
  'stream-lost': w('La connexion a été coupée.', 'Le pool l’a fermée, ou le réseau a lâché.', 'Hearth se reconnecte tout seul.'),
  'handshake-timeout': w(
    'La poignée de main chiffrée est restée bloquée.',
    'Le pool est surchargé, ou ne parle pas Stratum V2 sur ce port.',
    'Vérifie le port ; essaie un autre pool.',
  ),
  'handshake-failed': w(
    'La poignée de main chiffrée a échoué.',
    'Quelque chose en chemin a modifié les octets, ou ce n’est pas un port Stratum V2.',
    'Vérifie le port. Si cela se répète, quelqu’un interfère peut-être.',
  ),
  'certificate-wrong-key': w(
    'Ce n’est pas le pool que tu as choisi.',
    'Il n’a pas pu prouver que la clé de l’adresse est la sienne. C’est peut-être un imposteur, ou le pool a une nouvelle clé.',
    'Ne mine pas ici. Compare la clé avec la page du pool.',
  ),
  'certificate-expired': w(
    'Le certificat du pool a expiré, ou l’horloge de cet ordinateur avance.',
    'Les certificats ne valent qu’un temps.',
    'Vérifie d’abord la date et l’heure de cet ordinateur. Si elles sont justes, c’est au pool de le renouveler.',
  ),
  'certificate-not-yet-valid': w(
    'Le certificat du pool n’est pas encore valable : l’horloge de cet ordinateur retarde sans doute.',
    'Les certificats commencent au moment de la connexion.',
    'Mets cet ordinateur à l’heure, puis réessaie.',
  ),
  'certificate-version': w(
    'Le certificat du pool est d’une version inconnue.',
    'Le pool est plus récent que cette application.',
    'Mets Hearth à jour, ou prends un autre pool.',
  ),
  'transport-tampered': w(
    'La connexion chiffrée a été abîmée.',
    'Des octets ont été modifiés en chemin. Personne n’a pu lire ni détourner le travail.',
    'Hearth se reconnecte tout seul.',
  ),
  'frame-too-long': w(
    'Le pool a envoyé un message plus long qu’il ne peut l’être.',
    'Un défaut du logiciel du pool, ou un correspondant hostile.',
    'Hearth se reconnecte ; prends un autre pool si cela dure.',
  ),
  'frame-timeout': w(
    'Un message du pool s’est arrêté à mi-chemin.',
    'La connexion est bloquée, ou le pool s’est arrêté.',
    'Hearth se reconnecte tout seul.',
  ),
  'protocol-broken': w(
    'Le pool a envoyé quelque chose de contraire au protocole.',
    'Un défaut du logiciel du pool, ou un correspondant hostile.',
    'Hearth se reconnecte ; prends un autre pool si cela dure.',
  ),
  'setup-refused': w(
    'Le pool a refusé la connexion.',
    'Il n’offre pas ce qui était demandé.',
    'Ses mots sont dans les éléments de preuve ; essaie un autre pool.',
  ),
  'setup-timeout': w(
    'Le pool n’a pas répondu à la mise en place.',
    'Il est surchargé, ou n’a pas encore de travail.',
    'Hearth réessaie tout seul.',
  ),
  'channel-refused': w(
    'Le pool a refusé cet utilisateur.',
    'Le nom n’y est pas connu, ou le pool est plein.',
    'Vérifie le nom d’utilisateur : une adresse, ou un compte que tu as créé.',
  ),
  'channel-timeout': w('Le pool n’a pas ouvert de canal.', 'Il est surchargé.', 'Hearth réessaie tout seul.'),
  'channel-closed': w('Le pool a fermé le canal.', 'Ses mots sont dans les éléments de preuve.', 'Hearth se reconnecte tout seul.'),
  'job-timeout': w(
    'Le pool n’a pas donné de travail.',
    'Son propre nœud ne lui donne pas de modèle de bloc.',
    'Hearth réessaie ; prends un autre pool si cela dure.',
  ),
  stalled: w(
    'Le pool se tait depuis trop longtemps.',
    'La connexion est bloquée, ou le pool s’est arrêté.',
    'Hearth se reconnecte tout seul.',
  ),
  'reconnect-refused': w(
    'Le pool a demandé d’aller là où Hearth ne va pas.',
    'La nouvelle adresse est privée, ou il l’a demandé trop souvent.',
    'Hearth garde l’adresse que tu as choisie.',
  ),
  'shares-refused': w(
    'Le pool refuse sans cesse de bons shares.',
    'Hearth les a vérifiés ; c’est un défaut du pool, ou du vol.',
    'Prends un autre pool.',
  ),
  'shares-unanswered': w(
    'Le pool ne répond pas aux shares.',
    'Il les confirme tard, ou pas du tout.',
    'Garde-le à l’œil ; prends un autre pool si cela dure.',
  ),
  'clock-off': w(
    'L’horloge de cet ordinateur n’est pas juste.',
    'Elle diffère de l’heure du certificat du pool ou de la chaîne.',
    'Laisse le système régler l’heure.',
  ),
  'key-published': w(
    'Chiffré, non authentifié.',
    'La moitié secrète de la clé de ce pool est publique : elle ne prouve donc rien.',
    'Très bien pour essayer ; choisis un autre pool pour miner vraiment.',
  ),
  'node-unauthorised': w(
    'Le nœud a refusé le mot de passe.',
    'Mauvais utilisateur ou mot de passe, ou un ancien fichier cookie.',
    'Vérifie les identifiants, ou indique le fichier cookie du nœud.',
  ),
  'cookie-not-readable': w(
    'Le fichier cookie du nœud est illisible.',
    'Il manque, ou cet utilisateur n’a pas le droit de le lire. Le nœud en écrit un nouveau à chaque démarrage.',
    'Vérifie le chemin et les droits, et que le nœud tourne.',
  ),
  'node-other-network': w(
    'Le nœud est sur un autre réseau que l’adresse.',
    'Bitcoin et ses réseaux de test ne se mélangent pas.',
    'Prends une adresse du réseau du nœud.',
  ),
  'node-syncing': w(
    'Le nœud rattrape encore son retard.',
    'Il doit connaître toute la chaîne avant de pouvoir donner du travail.',
    'Attends ; Hearth commence tout seul quand il a fini.',
  ),
  'node-no-peers': w(
    'Le nœud n’est relié à aucun autre.',
    'Il n’apprend pas les nouveaux blocs et ne peut pas envoyer les tiens.',
    'Vérifie le réseau du nœud.',
  ),
  'node-warming-up': w('Le nœud démarre.', 'Il répond dès qu’il a fini de démarrer.', 'Attends ; Hearth commence tout seul.'),
  'node-answer-bad': w(
    'Le nœud a donné une réponse qui n’a pas de sens.',
    'Ce n’est pas un nœud bitcoin, ou il est d’une version très différente.',
    'Vérifie l’adresse et le port.',
  ),
  'node-silent': w(
    'Le nœud ne répond pas à temps.',
    'Il est très occupé, ou autre chose écoute sur ce port.',
    'Hearth redemande tout seul. Si cela dure, vérifie l’adresse.',
  ),
  'node-rule-unknown': w(
    'Le nœud suit une règle que Hearth ne connaît pas.',
    'Les blocs faits ici pourraient y être invalides. Le nœud est plus récent que Hearth, ou sur une autre chaîne.',
    'Mets Hearth à jour, ou prends un autre nœud.',
  ),
  'node-signet-signed': w(
    'Les blocs de ce signet doivent être signés par son gardien.',
    'Seuls ceux qui ont sa clé peuvent y miner.',
    'Prends un nœud d’un autre réseau, ou un signet à toi.',
  ),
  'node-error': w('Le nœud a signalé une erreur.', 'Ses mots sont dans les éléments de preuve.', 'Regarde le journal du nœud.'),
  'payout-mismatch': w('Ce travail ne te paierait pas.', 'La coinbase ne paie pas ton adresse.', 'Hearth s’est arrêté. Ne mine pas ici.'),
  'block-refused': w(
    'Le nœud a refusé un bloc trouvé.',
    'Un autre bloc a été plus rapide, ou le nœud n’est pas d’accord.',
    'Les mots du nœud sont dans les éléments de preuve.',
  ),
  'settings-broken': w(
    'Les réglages n’ont pas pu être lus.',
    'Le fichier était abîmé. Il est conservé à côté du nouveau.',
    'Configure à nouveau, ou restaure une sauvegarde.',
  ),
  'settings-too-new': w(
    'Les réglages viennent d’un Hearth plus récent.',
    'Ils sont conservés à côté des nouveaux.',
    'Mets Hearth à jour, ou configure à nouveau.',
  ),
  'settings-not-saved': w(
    'Les réglages n’ont pas pu être enregistrés.',
    'Le disque est plein ou interdit en écriture.',
    'Fais de la place ; d’ici là, Hearth les garde en mémoire.',
  ),
  'history-not-saved': w(
    'L’historique ne peut pas être écrit.',
    'Le disque est plein ou interdit en écriture.',
    'Fais de la place. Le minage continue ; les shares restent en mémoire en attendant.',
  ),
  'history-broken': w(
    'L’historique n’a pas pu être lu.',
    'Le fichier était abîmé. Il est conservé à côté d’un nouveau.',
    'Rien à faire ; l’ancien fichier peut être réparé à la main.',
  ),
  'disk-full': w('Le disque est plein.', 'Hearth n’a pas pu enregistrer.', 'Fais de la place.'),
  'file-not-found': w('Un fichier manque.', 'Il a été déplacé ou supprimé.', 'Vérifie le chemin.'),
  'file-not-readable': w('Un fichier ne peut pas être lu.', 'Ses droits l’interdisent.', 'Vérifie les droits.'),
  'file-not-writable': w('Un fichier ne peut pas être écrit.', 'Ses droits l’interdisent.', 'Vérifie les droits.'),
  'port-in-use': w(
    'Un autre programme utilise ce port.',
    'Hearth tourne peut-être déjà.',
    'Ferme l’autre programme, ou choisis un autre port.',
  ),
  'listen-failed': w('Hearth n’a pas pu ouvrir de port.', 'Le système l’a refusé.', 'Choisis un autre port.'),
  'already-running': w(
    'Hearth tourne déjà avec ce dossier de données.',
    'Deux à la fois abîmeraient l’historique.',
    'Utilise celui qui tourne, ou un autre dossier.',
  ),
  'device-gone': w('Un appareil a été débranché.', 'Le câble, le port ou son alimentation.', 'Rebranche-le ; il repart tout seul.'),
  'device-failed': w('Un appareil ne fonctionne plus.', 'Regarde les éléments de preuve.', 'Débranche-le, attends, rebranche-le.'),
  'device-silent': w(
    'Un appareil s’est tu.',
    'Il dit qu’il calcule, mais aucune réponse n’est venue depuis bien trop longtemps.',
    'Débranche-le, attends, rebranche-le.',
  ),
  'usb-unavailable': w(
    'Cet ordinateur n’a pas d’USB que Hearth puisse utiliser.',
    'Le système n’a pas de bus USB, ou le refuse aux programmes.',
    'Rien à faire si tu n’as pas de mineur USB.',
  ),
  'usb-no-permission': w(
    'Hearth n’a pas le droit d’utiliser cet appareil USB.',
    'Le système réserve les appareils USB à l’administrateur, tant qu’une règle ne dit pas autre chose.',
    'Lance « npm start -- devices » : la commande qui l’autorise s’affiche. Rebranche ensuite l’appareil.',
  ),
  'usb-rule-not-needed': w(
    'Cet ordinateur n’a pas besoin de règle pour l’USB.',
    'Seul Linux réserve les appareils USB à l’administrateur.',
    'Rien à faire ici.',
  ),
  'usb-no-driver': w(
    'Le pilote de cet appareil USB fait obstacle.',
    'Le système lui a donné un autre pilote que WinUSB, ou aucun.',
    'Installe WinUSB pour cet appareil avec Zadig, puis rebranche-le.',
  ),
  'usb-driver-holds': w(
    'macOS garde cette carte pour son propre pilote série.',
    'Hearth doit réinitialiser ses puces, et ce pilote n’a aucun moyen de le faire. Les programmes ne peuvent pas lui prendre la carte.',
    'Branche-la sur un ordinateur sous Linux, ou sous Windows avec le pilote WinUSB.',
  ),
  'serial-baud-unsupported': w(
    'Le pilote série de cette carte est trop lent pour elle.',
    'Le pilote du système n’atteint pas la vitesse dont la carte a besoin.',
    'Mets à jour le pilote de la puce USB de la carte depuis le site de son fabricant, puis rebranche-la.',
  ),
  'usb-stock-firmware': w(
    'C’est peut-être une Bitaxe avec le micrologiciel de son fabricant : elle mine par ton réseau.',
    'Par USB, une telle carte ne montre que son port de débogage, auquel Hearth ne touche pas.',
    'Si c’en est une : ouvre sa propre page web et indiques-y ton pool.',
  ),
  'usb-firmware-unknown': w(
    'Ceci vient d’un fabricant de mineurs, mais Hearth ne le connaît pas.',
    'Une carte plus récente, ou un micrologiciel d’un autre genre. Elle n’a pas été ouverte.',
    'Mets Hearth à jour. Si cela dure, signale ce qu’elle dit d’elle-même.',
  ),
  'usb-cable-loose': w(
    'Un appareil USB apparaît et disparaît.',
    'Un câble ou un port lâche ou usé, ou un hub qui donne trop peu de courant.',
    'Essaie un câble plus court et un autre port ; utilise un hub avec sa propre alimentation.',
  ),
  'usb-hub-weak': w(
    'Cette carte est sur un hub sans alimentation propre.',
    'Un tel hub partage 500 mA entre tous ses ports. Les clés prennent jusqu’à 2 A chacune.',
    'Utilise un hub avec une bonne alimentation propre, sauf si la carte a la sienne.',
  ),
  'usb-busy': w(
    'Un autre programme utilise cet appareil.',
    'Il l’a ouvert avant Hearth ; son nom est dans les éléments de preuve si le système le dit.',
    'Ferme l’autre programme ; Hearth réessaie tout seul.',
  ),
  'usb-transfer-failed': w(
    'Un appareil USB ne prend ou ne donne pas de données.',
    'Le câble, le hub, ou trop peu de courant.',
    'Hearth réessaie tout seul. Si cela dure, essaie un câble plus court ou un autre port.',
  ),
  'device-no-chips': w(
    'Les puces d’une carte ne répondent pas.',
    'Trop peu de courant, un démarrage raté, ou une carte cassée.',
    'Vérifie son alimentation. Débranche-la, attends, rebranche-la sur un autre port.',
  ),
  'device-nonsense': w(
    'Une carte répond n’importe quoi.',
    'Elle est abîmée, bien trop rapide ou trop chaude, ou n’est pas ce qu’elle dit être.',
    'Baisse sa fréquence ; vérifie son alimentation et son refroidissement.',
  ),
  'device-quarantined': w(
    'Hearth a renoncé à une carte.',
    'Elle a échoué encore et encore ; la dernière raison est dans les éléments de preuve. Les autres continuent de miner.',
    'Regarde la raison. Puis débranche-la, attends, rebranche-la.',
  ),
  'device-hung': w(
    'Une carte ne répondait plus et redémarre.',
    'La chaleur, l’alimentation, ou une fréquence trop élevée.',
    'Rien à faire si c’est rare. Sinon, baisse sa fréquence.',
  ),
  'device-slow': w(
    'Une carte fait bien moins qu’elle ne devrait.',
    'Sa fréquence est trop élevée pour son alimentation ou son refroidissement.',
    'Hearth la redémarre, et plus lentement si cela se répète.',
  ),
  'device-chips-silent': w(
    'Certaines puces d’une carte ne répondent pas.',
    'Elles sont abîmées ou mal refroidies, ou reçoivent trop peu de courant.',
    'Les autres continuent. Débranche la carte, laisse-la refroidir, rebranche-la. Si cela n’aide pas, baisse sa fréquence.',
  ),
  'device-too-hot': w(
    'Une carte a trop chauffé et a été arrêtée.',
    'La poussière, une pièce chaude, un ventilateur trop faible, ou une fréquence élevée.',
    'Améliore son refroidissement. Elle repart toute seule une fois refroidie.',
  ),
  'device-throttled': w(
    'Une carte est chaude et tourne plus lentement.',
    'La poussière, une pièce chaude, un ventilateur trop faible, ou une fréquence élevée.',
    'Améliore son refroidissement ou baisse sa fréquence. Elle accélère de nouveau toute seule une fois refroidie.',
  ),
  'device-over-current': w(
    'Une carte a tiré trop de courant et a été arrêtée.',
    'Sa fréquence est trop élevée, ou elle est abîmée.',
    'Baisse sa fréquence.',
  ),
  'device-supply-voltage': w(
    'La tension d’alimentation d’une carte n’est pas bonne ; elle a été arrêtée.',
    'L’alimentation est trop faible, ou n’est pas la bonne.',
    'Utilise l’alimentation prévue pour la carte.',
  ),
  'device-fan-failed': w(
    'Le ventilateur d’une carte ne tourne pas ; la carte a été arrêtée.',
    'Quelque chose le bloque, sa prise est mal enfoncée, ou il est cassé.',
    'Vérifie le ventilateur. La carte repart toute seule quand il tourne.',
  ),
  'device-power-fault': w(
    'Le régulateur de tension d’une carte signale un défaut ; la carte a été arrêtée.',
    'L’alimentation faiblit, ou la carte est abîmée.',
    'Vérifie l’alimentation.',
  ),
  'device-sensor-silent': w(
    'Un capteur d’une carte ne répond pas ; la carte a été arrêtée.',
    'Sans lui, personne ne peut voir si la carte chauffe trop.',
    'Débranche-la, attends, rebranche-la.',
  ),
  'worker-crashed': w(
    'Un thread du processeur s’est arrêté.',
    'L’ordinateur n’avait plus de mémoire, ou c’est un défaut de Hearth.',
    'Hearth le relance tout seul.',
  ),
  'hardware-errors': w(
    'Un appareil donne des réponses fausses.',
    'Il est trop chaud, trop rapide, ou reçoit trop peu de courant.',
    'Baisse sa fréquence ; vérifie son alimentation et son refroidissement.',
  ),
  'device-stays-on': w(
    'Une carte ne s’est pas laissé arrêter.',
    'Elle, ou son port USB, ne répond plus. Elle est peut-être encore sous tension et peut chauffer sans que personne ne le voie.',
    'Débranche-la. D’ici là, Hearth lui redit de s’arrêter toutes les quelques secondes.',
  ),
  'app-interrupted': w(
    'Hearth ne tournait pas alors qu’il aurait dû miner.',
    'L’ordinateur était éteint ou en veille, ou Hearth a été arrêté de force.',
    'Rien à faire : le minage a repris.',
  ),
  'miner-gone': w(
    'Le mineur ne répond pas.',
    'Il a été fermé, ou il redémarre.',
    'Hearth se reconnecte tout seul. S’il a été fermé, relance-le.',
  ),
  'random-broken': w(
    'Cet ordinateur ne donne pas de nombres aléatoires.',
    'Sa source de hasard est cassée : les clés faites avec ne vaudraient rien.',
    'Redémarre l’ordinateur.',
  ),
  internal: w('Quelque chose s’est mal passé dans Hearth.', 'C’est un défaut de Hearth.', 'Copie le diagnostic et signale-le.'),
} satisfies Partial<Record<FaultCode, FaultWords>>;
