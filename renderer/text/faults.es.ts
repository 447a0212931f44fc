/** Averías en español, por código. La gravedad y el botón están en la tabla del núcleo. */
import type { FaultCode } from '../../core/faults.ts';
import type { FaultWords } from './words.svelte.ts';

const w = (what: string, cause: string, todo: string): FaultWords => ({ what, cause, todo });

export const faultsEs = {
  'url-malformed': w(
    'Esto no es la dirección de un pool.',
    'La dirección de un pool tiene esta forma: stratum2+tcp://host:puerto/CLAVE.',
    'Cópiala otra vez de la página del propio pool.',
  ),
  'url-port-missing': w(
    'A la dirección le falta el puerto.',
    'Cada pool escucha en su propio puerto; no hay uno habitual.',
    'Añade el puerto detrás del host, como en host:3333.',
  ),
  'url-key-missing': w(
    'A la dirección le falta la clave.',
    'Sin su clave nadie puede distinguir al pool de un impostor.',
    'Copia la dirección entera, con la clave, de la página del propio pool.',
  ),
  'url-protocol-unknown': w(
    'Hearth no habla este protocolo.',
    'La dirección no empieza por stratum2+tcp:// ni, para un nodo, por http://.',
    'Pide al pool su dirección Stratum V2.',
  ),
  'key-checksum': w('Hay una errata en la clave.', 'Su suma de control no coincide.', 'Copia la clave otra vez.'),
  'key-malformed': w(
    'Esto no es la clave de un pool.',
    'La longitud no es la correcta o tiene letras que una clave nunca tiene.',
    'Copia la clave otra vez.',
  ),
  'key-version': w('La clave tiene una versión desconocida.', 'Se hizo para otra versión del protocolo.', 'Pide al pool su clave actual.'),
  'key-old-form': w(
    'Esta clave está escrita en una forma antigua.',
    'Se publicó antes de que las claves llevaran versión.',
    'Pide al pool su clave actual.',
  ),
  'key-not-on-curve': w('Esta clave no puede existir.', 'Su número no es un punto de la curva.', 'Copia la clave otra vez.'),
  'address-checksum': w('Hay una errata en la dirección.', 'Su suma de control no coincide.', 'Copia la dirección otra vez de tu wallet.'),
  'address-malformed': w(
    'Esto no es una dirección de bitcoin.',
    'Tiene una longitud, un comienzo o unas letras que ninguna dirección tiene.',
    'Copia la dirección otra vez de tu wallet.',
  ),
  'address-other-network': w(
    'Esta dirección es de otra red.',
    'Bitcoin y sus redes de prueba usan direcciones distintas.',
    'Usa una dirección de la red en la que está el nodo o el pool.',
  ),
  'user-missing': w(
    'El pool necesita un nombre de usuario.',
    'Decide a quién se paga.',
    'Escribe la dirección o la cuenta que pide el pool.',
  ),
  'no-source': w(
    'No hay dónde minar.',
    'No se ha configurado ningún pool, ningún nodo ni la práctica.',
    'Añade un pool o un nodo, o prueba con la práctica.',
  ),
  'source-unknown': w('Este pool o nodo no está en la lista.', 'Entretanto se quitó.', 'Elige otro.'),
  'device-unknown': w('Este equipo no está en la lista.', 'Entretanto se quitó.', 'Elige otro.'),
  'bad-arguments': w('Hearth no entendió esto.', 'Falta un valor o está fuera de sus límites.', 'Revisa lo que se escribió.'),
  'name-not-found': w(
    'No se encuentra el nombre del pool.',
    'No hay conexión a internet o el nombre es incorrecto.',
    'Comprueba la conexión y después el nombre.',
  ),
  'connection-refused': w(
    'Nada responde en este puerto.',
    'El pool o el nodo no está en marcha, o el puerto es otro.',
    'Comprueba el puerto y que el pool o el nodo funcione.',
  ),
  'host-unreachable': w('No se puede llegar al pool.', 'La red o un cortafuegos lo impide.', 'Comprueba la conexión o prueba otro pool.'),
  'dial-timeout': w(
    'El pool no respondió a tiempo.',
    'Está caído, muy lejos, o un cortafuegos descarta la conexión.',
    'Espera al próximo intento o usa otro pool.',
  ),
  'stream-lost': w('Se cortó la conexión.', 'La cerró el pool o falló la red.', 'Hearth se conecta de nuevo solo.'),
  'handshake-timeout': w(
    'El saludo cifrado se quedó a medias.',
    'El pool está saturado o no habla Stratum V2 en este puerto.',
    'Comprueba el puerto; prueba otro pool.',
  ),
  'handshake-failed': w(
    'El saludo cifrado falló.',
    'Algo en el camino cambió los bytes, o este no es un puerto de Stratum V2.',
    'Comprueba el puerto. Si se repite, puede que alguien esté interfiriendo.',
  ),
  'certificate-wrong-key': w(
    'Este no es el pool que elegiste.',
    'No pudo demostrar que le corresponde la clave de la dirección. Puede ser un impostor, o el pool tiene una clave nueva.',
    'No mines aquí. Compara la clave con la página del propio pool.',
  ),
  'certificate-expired': w(
    'El certificado del pool ha caducado, o el reloj de este ordenador va adelantado.',
    'Los certificados valen por un tiempo limitado.',
    'Comprueba primero la fecha y la hora de este ordenador. Si son correctas, el pool tiene que renovarlo.',
  ),
  'certificate-not-yet-valid': w(
    'El certificado del pool todavía no vale: el reloj de este ordenador probablemente va atrasado.',
    'Los certificados empiezan a valer en el momento de conectar.',
    'Pon en hora este ordenador e inténtalo de nuevo.',
  ),
  'certificate-version': w(
    'El certificado del pool tiene una versión desconocida.',
    'El pool es más nuevo que esta aplicación.',
    'Actualiza Hearth o usa otro pool.',
  ),
  'transport-tampered': w(
    'La conexión cifrada se dañó.',
    'Se cambiaron bytes por el camino. Nadie pudo leer ni desviar el trabajo.',
    'Hearth se conecta de nuevo solo.',
  ),
  'frame-too-long': w(
    'El pool envió un mensaje más largo de lo que puede ser.',
    'Un fallo del software del pool, o un interlocutor hostil.',
    'Hearth se conecta de nuevo; usa otro pool si sigue así.',
  ),
  'frame-timeout': w(
    'Un mensaje del pool se quedó a la mitad.',
    'La conexión está colgada o el pool se ha parado.',
    'Hearth se conecta de nuevo solo.',
  ),
  'protocol-broken': w(
    'El pool envió algo que rompe el protocolo.',
    'Un fallo del software del pool, o un interlocutor hostil.',
    'Hearth se conecta de nuevo; usa otro pool si sigue así.',
  ),
  'setup-refused': w('El pool rechazó la conexión.', 'No ofrece lo que se pidió.', 'Lee sus palabras en la evidencia; prueba otro pool.'),
  'setup-timeout': w(
    'El pool no respondió a la configuración.',
    'Está saturado o todavía no tiene trabajo.',
    'Hearth lo intenta de nuevo solo.',
  ),
  'channel-refused': w(
    'El pool rechazó a este usuario.',
    'Allí no se conoce el nombre, o el pool está lleno.',
    'Comprueba el nombre de usuario: una dirección o una cuenta que hayas registrado.',
  ),
  'channel-timeout': w('El pool no abrió un canal.', 'Está saturado.', 'Hearth lo intenta de nuevo solo.'),
  'channel-closed': w('El pool cerró el canal.', 'Lee sus palabras en la evidencia.', 'Hearth se conecta de nuevo solo.'),
  'job-timeout': w(
    'El pool no dio trabajo.',
    'Su propio nodo no le da una plantilla.',
    'Hearth lo intenta de nuevo; usa otro pool si sigue así.',
  ),
  stalled: w(
    'El pool lleva demasiado tiempo callado.',
    'La conexión está colgada o el pool se ha parado.',
    'Hearth se conecta de nuevo solo.',
  ),
  'reconnect-refused': w(
    'El pool pidió ir a un sitio al que Hearth no va.',
    'La dirección nueva es privada, o lo pidió demasiadas veces.',
    'Hearth sigue con la dirección que elegiste.',
  ),
  'shares-refused': w('El pool sigue rechazando shares buenos.', 'Hearth los comprobó; es un fallo del pool, o un robo.', 'Usa otro pool.'),
  'shares-unanswered': w('El pool no responde a los shares.', 'Los confirma tarde o nunca.', 'Vigílalo; usa otro pool si sigue así.'),
  'clock-off': w(
    'El reloj de este ordenador no va bien.',
    'No coincide con la hora del certificado del pool o de la cadena.',
    'Deja que el sistema ponga la hora.',
  ),
  'key-published': w(
    'Cifrado, sin autenticar.',
    'La mitad secreta de la clave de este pool es pública, así que no demuestra nada.',
    'Sirve para probar; elige otro pool para minar de verdad.',
  ),
  'node-unauthorised': w(
    'El nodo rechazó la contraseña.',
    'Usuario o contraseña incorrectos, o un archivo cookie antiguo.',
    'Comprueba los datos de acceso o indica el archivo cookie del nodo.',
  ),
  'cookie-not-readable': w(
    'No se puede leer el archivo cookie del nodo.',
    'No está, o este usuario no puede leerlo. El nodo escribe uno nuevo en cada arranque.',
    'Comprueba la ruta y el permiso, y que el nodo esté en marcha.',
  ),
  'node-other-network': w(
    'El nodo está en una red distinta de la de la dirección.',
    'Bitcoin y sus redes de prueba no se mezclan.',
    'Usa una dirección de la red del nodo.',
  ),
  'node-syncing': w(
    'El nodo todavía se está poniendo al día.',
    'Tiene que conocer toda la cadena antes de poder dar trabajo.',
    'Espera; Hearth empieza solo cuando termine.',
  ),
  'node-no-peers': w(
    'El nodo no está conectado a otros nodos.',
    'No se entera de los bloques nuevos ni puede enviar los tuyos.',
    'Comprueba la red del nodo.',
  ),
  'node-warming-up': w('El nodo está arrancando.', 'Responde en cuanto termina de arrancar.', 'Espera; Hearth empieza solo.'),
  'node-answer-bad': w(
    'El nodo dio una respuesta sin sentido.',
    'No es un nodo de bitcoin, o es de una versión muy distinta.',
    'Comprueba la dirección y el puerto.',
  ),
  'node-silent': w(
    'El nodo no responde a tiempo.',
    'Está muy ocupado, o en este puerto escucha otra cosa.',
    'Hearth pregunta de nuevo solo. Si sigue así, comprueba la dirección.',
  ),
  'node-rule-unknown': w(
    'El nodo sigue una regla que Hearth no conoce.',
    'Los bloques hechos aquí podrían no valer allí. El nodo es más nuevo que Hearth o está en otra cadena.',
    'Actualiza Hearth o usa otro nodo.',
  ),
  'node-signet-signed': w(
    'Los bloques de esta signet necesitan la firma de su guardián.',
    'Solo quien tiene su clave puede minarla.',
    'Usa un nodo de otra red, o una signet propia.',
  ),
  'node-error': w('El nodo comunicó un error.', 'Lee sus palabras en la evidencia.', 'Mira el registro del propio nodo.'),
  'payout-mismatch': w('Este trabajo no te pagaría a ti.', 'La coinbase no paga a tu dirección.', 'Hearth se detuvo. No mines aquí.'),
  'block-refused': w(
    'El nodo rechazó un bloque encontrado.',
    'Otro bloque fue más rápido, o el nodo no está de acuerdo.',
    'Lee las palabras del nodo en la evidencia.',
  ),
  'settings-broken': w(
    'No se pudieron leer los ajustes.',
    'El archivo estaba dañado. Se guardó junto al nuevo.',
    'Configura de nuevo o restaura una copia de seguridad.',
  ),
  'settings-too-new': w(
    'Los ajustes son de un Hearth más nuevo.',
    'Se guardaron junto a los nuevos.',
    'Actualiza Hearth o configura de nuevo.',
  ),
  'settings-not-saved': w(
    'No se pudieron guardar los ajustes.',
    'El disco está lleno o no se puede escribir en él.',
    'Haz sitio; hasta entonces Hearth los guarda en memoria.',
  ),
  'history-not-saved': w(
    'No se puede escribir el historial.',
    'El disco está lleno o no se puede escribir en él.',
    'Haz sitio. Se sigue minando; mientras tanto los shares se guardan en memoria.',
  ),
  'history-broken': w(
    'No se pudo leer el historial.',
    'El archivo estaba dañado. Se guardó junto a uno nuevo.',
    'No hay que hacer nada; el archivo viejo se puede reparar a mano.',
  ),
  'disk-full': w('El disco está lleno.', 'Hearth no pudo guardar.', 'Haz sitio.'),
  'file-not-found': w('Falta un archivo.', 'Se movió o se borró.', 'Comprueba la ruta.'),
  'file-not-readable': w('No se permite leer un archivo.', 'Lo dicen sus permisos.', 'Comprueba los permisos.'),
  'file-not-writable': w('No se permite escribir un archivo.', 'Lo dicen sus permisos.', 'Comprueba los permisos.'),
  'port-in-use': w('Otro programa usa este puerto.', 'Quizá Hearth ya está en marcha.', 'Cierra el otro programa o elige otro puerto.'),
  'listen-failed': w('Hearth no pudo abrir un puerto.', 'El sistema lo rechazó.', 'Elige otro puerto.'),
  'already-running': w(
    'Hearth ya está en marcha con esta carpeta de datos.',
    'Dos a la vez estropearían el historial.',
    'Usa el que está en marcha, u otra carpeta.',
  ),
  'device-gone': w('Se desconectó un equipo.', 'El cable, el puerto o su alimentación.', 'Conéctalo de nuevo; empieza solo.'),
  'device-failed': w('Un equipo dejó de funcionar.', 'Mira la evidencia.', 'Desconéctalo, espera y conéctalo de nuevo.'),
  'device-silent': w(
    'Un equipo se ha quedado callado.',
    'Dice que trabaja, pero hace demasiado tiempo que no llega ninguna respuesta.',
    'Desconéctalo, espera y conéctalo de nuevo.',
  ),
  'usb-unavailable': w(
    'Este ordenador no tiene un USB que Hearth pueda usar.',
    'El sistema no tiene bus USB o no lo deja usar a los programas.',
    'No hay que hacer nada si no tienes un minero USB.',
  ),
  'usb-no-permission': w(
    'Hearth no puede usar este equipo USB.',
    'El sistema solo deja los equipos USB al administrador, hasta que una regla diga otra cosa.',
    'Ejecuta «npm start -- devices»: muestra la orden que lo permite. Después conecta el equipo de nuevo.',
  ),
  'usb-rule-not-needed': w(
    'Este ordenador no necesita una regla para USB.',
    'Solo Linux deja los equipos USB únicamente al administrador.',
    'Aquí no hay que hacer nada.',
  ),
  'usb-no-driver': w(
    'El controlador de este equipo USB lo impide.',
    'El sistema le ha dado un controlador distinto de WinUSB, o ninguno.',
    'Instala WinUSB para este equipo con Zadig y conéctalo de nuevo.',
  ),
  'usb-driver-holds': w(
    'macOS retiene esta placa para su propio controlador serie.',
    'Hearth tiene que reiniciar sus chips, y ese controlador no tiene cómo hacerlo. Los programas no pueden quitarle la placa.',
    'Conéctala a un ordenador con Linux, o con Windows y el controlador WinUSB.',
  ),
  'serial-baud-unsupported': w(
    'El controlador serie de esta placa es demasiado lento para ella.',
    'El controlador del sistema no alcanza la velocidad que la placa necesita.',
    'Actualiza el controlador del chip USB de la placa desde la web de su fabricante y conéctala de nuevo.',
  ),
  'usb-stock-firmware': w(
    'Puede ser una Bitaxe con el firmware de su fabricante: mina por tu red.',
    'Por USB una placa así solo muestra su puerto de depuración, que Hearth no toca.',
    'Si lo es: abre su propia página web e introduce allí tu pool.',
  ),
  'usb-firmware-unknown': w(
    'Esto viene de un fabricante de mineros, pero Hearth no lo conoce.',
    'Una placa más nueva, o un firmware de otro tipo. No se abrió.',
    'Actualiza Hearth. Si sigue así, comunica lo que dice de sí misma.',
  ),
  'usb-cable-loose': w(
    'Un equipo USB aparece y desaparece.',
    'Un cable o puerto flojo o gastado, o un hub que da poca corriente.',
    'Prueba un cable más corto y otro puerto; usa un hub con alimentación propia.',
  ),
  'usb-hub-weak': w(
    'Esta placa cuelga de un hub sin alimentación propia.',
    'Un hub así reparte 500 mA entre todos sus puertos. Los sticks toman hasta 2 A cada uno.',
    'Usa un hub con una buena alimentación propia, salvo que la placa la tenga.',
  ),
  'usb-busy': w(
    'Otro programa usa este equipo.',
    'Lo abrió antes que Hearth; su nombre está en la evidencia si el sistema lo dice.',
    'Cierra el otro programa; Hearth lo intenta de nuevo solo.',
  ),
  'usb-transfer-failed': w(
    'Un equipo USB no recibe o no da datos.',
    'El cable, el hub o poca corriente.',
    'Hearth lo intenta de nuevo solo. Si sigue así, prueba un cable más corto u otro puerto.',
  ),
  'device-no-chips': w(
    'Los chips de una placa no responden.',
    'Poca corriente, un arranque fallido o una placa rota.',
    'Comprueba su alimentación. Desconéctala, espera y conéctala en otro puerto.',
  ),
  'device-nonsense': w(
    'Una placa responde cosas sin sentido.',
    'Está dañada, va demasiado rápida o caliente, o no es lo que dice ser.',
    'Baja su frecuencia; comprueba su alimentación y ventilación.',
  ),
  'device-quarantined': w(
    'Hearth ha dejado de intentarlo con una placa.',
    'Falló una y otra vez; el último motivo está en la evidencia. Las demás siguen minando.',
    'Mira el motivo. Después desconéctala, espera y conéctala de nuevo.',
  ),
  'device-hung': w(
    'Una placa dejó de responder y se está reiniciando.',
    'Calor, alimentación o una frecuencia demasiado alta.',
    'Nada que hacer si pasa poco. Si no, baja su frecuencia.',
  ),
  'device-slow': w(
    'Una placa rinde mucho menos de lo que debería.',
    'Su frecuencia es demasiado alta para su alimentación o ventilación.',
    'Hearth la reinicia, y más despacio si se repite.',
  ),
  'device-chips-silent': w(
    'Algunos chips de una placa no responden.',
    'Están dañados o mal ventilados, o les llega poca corriente.',
    'Los demás siguen. Desconecta la placa, deja que se enfríe y vuelve a conectarla. Si no ayuda, baja su frecuencia.',
  ),
  'device-too-hot': w(
    'Una placa se calentó demasiado y se apagó.',
    'Polvo, una habitación calurosa, un ventilador débil o una frecuencia alta.',
    'Mejora su ventilación. Empieza de nuevo sola cuando se enfríe.',
  ),
  'device-throttled': w(
    'Una placa está caliente y va más despacio.',
    'Polvo, una habitación calurosa, un ventilador débil o una frecuencia alta.',
    'Mejora su ventilación o baja su frecuencia. Vuelve a acelerar sola cuando se enfría.',
  ),
  'device-over-current': w(
    'Una placa consumió demasiada corriente y se apagó.',
    'Su frecuencia es demasiado alta, o está dañada.',
    'Baja su frecuencia.',
  ),
  'device-supply-voltage': w(
    'La tensión de alimentación de una placa no es correcta; se apagó.',
    'La fuente es demasiado débil o no es la adecuada.',
    'Usa la fuente que corresponde a la placa.',
  ),
  'device-fan-failed': w(
    'El ventilador de una placa está parado; la placa se apagó.',
    'Algo lo bloquea, su conector está suelto o está roto.',
    'Revisa el ventilador. La placa empieza de nuevo sola cuando gire.',
  ),
  'device-power-fault': w(
    'El regulador de tensión de una placa avisa de un fallo; la placa se apagó.',
    'La fuente no aguanta o la placa está dañada.',
    'Revisa la fuente de alimentación.',
  ),
  'device-sensor-silent': w(
    'Un sensor de una placa no responde; la placa se apagó.',
    'Sin él nadie puede ver si la placa se calienta demasiado.',
    'Desconéctala, espera y conéctala de nuevo.',
  ),
  'worker-crashed': w(
    'Un hilo del procesador se paró.',
    'El ordenador se quedó sin memoria, o es un fallo de Hearth.',
    'Hearth lo arranca de nuevo solo.',
  ),
  'hardware-errors': w(
    'Un equipo da respuestas erróneas.',
    'Está demasiado caliente, va demasiado rápido o recibe poca corriente.',
    'Baja su frecuencia; comprueba su alimentación y ventilación.',
  ),
  'device-stays-on': w(
    'Una placa no se dejó apagar.',
    'Ella o su puerto USB ya no responde. Puede seguir con corriente y calentarse sin que nadie lo vea.',
    'Desconéctala. Mientras tanto, Hearth le ordena apagarse otra vez cada pocos segundos.',
  ),
  'app-interrupted': w(
    'Hearth no estaba en marcha cuando debía estar minando.',
    'El ordenador estaba apagado o en reposo, o Hearth se cerró a la fuerza.',
    'Nada que hacer: ya se está minando otra vez.',
  ),
  'miner-gone': w(
    'El minero no responde.',
    'Se cerró o está arrancando de nuevo.',
    'Hearth se conecta de nuevo solo. Si se cerró, ábrelo otra vez.',
  ),
  'random-broken': w(
    'Este ordenador no da números aleatorios.',
    'Su fuente de azar está rota: las claves hechas con ella no valdrían nada.',
    'Reinicia el ordenador.',
  ),
  internal: w('Algo salió mal dentro de Hearth.', 'Es un fallo de Hearth.', 'Copia el diagnóstico y comunícalo.'),
} satisfies Partial<Record<FaultCode, FaultWords>>;
