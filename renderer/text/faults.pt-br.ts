/** Falhas em português do Brasil, por código. A gravidade e o botão estão na tabela do núcleo. */
import type { FaultCode } from '../../core/faults.ts';
import type { FaultWords } from './words.svelte.ts';

const w = (what: string, cause: string, todo: string): FaultWords => ({ what, cause, todo });

export const faultsPtBr = {
  'url-malformed': w(
    'Isto não é o endereço de um pool.',
    'O endereço de um pool é assim: stratum2+tcp://host:porta/CHAVE.',
    'Copie de novo da página do próprio pool.',
  ),
  'url-port-missing': w(
    'Falta a porta no endereço.',
    'Cada pool escuta na sua própria porta; não existe uma padrão.',
    'Ponha a porta depois do host, como em host:3333.',
  ),
  'url-key-missing': w(
    'Falta a chave no endereço.',
    'Sem a chave ninguém distingue o pool de um impostor.',
    'Copie o endereço inteiro, com a chave, da página do próprio pool.',
  ),
  'url-protocol-unknown': w(
    'O Hearth não fala este protocolo.',
    'O endereço não começa com stratum2+tcp:// nem, para um nó, com http://.',
    'Peça ao pool o endereço Stratum V2 dele.',
  ),
  'key-checksum': w('Há um erro de digitação na chave.', 'O código de verificação não confere.', 'Copie a chave de novo.'),
  'key-malformed': w(
    'Isto não é a chave de um pool.',
    'O tamanho está errado ou há letras que uma chave nunca tem.',
    'Copie a chave de novo.',
  ),
  'key-version': w('A chave tem uma versão desconhecida.', 'Ela foi feita para outra versão do protocolo.', 'Peça ao pool a chave atual.'),
  'key-old-form': w(
    'Esta chave está escrita em uma forma antiga.',
    'Foi publicada antes de as chaves terem versão.',
    'Peça ao pool a chave atual.',
  ),
  'key-not-on-curve': w('Esta chave não pode existir.', 'O número dela não é um ponto da curva.', 'Copie a chave de novo.'),
  'address-checksum': w(
    'Há um erro de digitação no endereço.',
    'O código de verificação não confere.',
    'Copie o endereço de novo da sua carteira.',
  ),
  'address-malformed': w(
    'Isto não é um endereço de bitcoin.',
    'O tamanho, o começo ou as letras não são de nenhum endereço.',
    'Copie o endereço de novo da sua carteira.',
  ),
  'address-other-network': w(
    'Este endereço é de outra rede.',
    'O bitcoin e suas redes de teste usam endereços diferentes.',
    'Use um endereço da rede em que o nó ou o pool está.',
  ),
  'user-missing': w('O pool precisa de um nome de usuário.', 'Ele decide quem é pago.', 'Digite o endereço ou a conta que o pool pede.'),
  'no-source': w(
    'Não há onde minerar.',
    'Nenhum pool, nenhum nó e nenhuma prática foi configurada.',
    'Adicione um pool ou um nó, ou experimente a prática.',
  ),
  'source-unknown': w('Este pool ou nó não está na lista.', 'Foi removido nesse meio-tempo.', 'Escolha outro.'),
  'device-unknown': w('Este aparelho não está na lista.', 'Foi removido nesse meio-tempo.', 'Escolha outro.'),
  'bad-arguments': w('O Hearth não entendeu isto.', 'Falta um valor ou ele está fora dos limites.', 'Confira o que foi digitado.'),
  'name-not-found': w('O nome do pool não foi encontrado.', 'A internet caiu ou o nome está errado.', 'Confira a conexão e depois o nome.'),
  'connection-refused': w(
    'Nada responde nesta porta.',
    'O pool ou o nó não está funcionando, ou a porta é outra.',
    'Confira a porta e se o pool ou o nó está funcionando.',
  ),
  'host-unreachable': w('Não dá para chegar ao pool.', 'A rede ou um firewall está no caminho.', 'Confira a conexão ou tente outro pool.'),
  'dial-timeout': w(
    'O pool não respondeu a tempo.',
    'Ele está fora do ar, longe, ou um firewall descarta a conexão.',
    'Espere a próxima tentativa ou use outro pool.',
  ),
  'stream-lost': w('A conexão caiu.', 'O pool a fechou ou a rede falhou.', 'O Hearth se conecta de novo sozinho.'),
  'handshake-timeout': w(
    'O handshake criptografado travou.',
    'O pool está sobrecarregado ou não fala Stratum V2 nesta porta.',
    'Confira a porta; tente outro pool.',
  ),
  'handshake-failed': w(
    'O handshake criptografado falhou.',
    'Algo no caminho mudou os bytes, ou esta não é uma porta Stratum V2.',
    'Confira a porta. Se acontecer de novo, alguém pode estar interferindo.',
  ),
  'certificate-wrong-key': w(
    'Este não é o pool que você escolheu.',
    'Ele não conseguiu provar que a chave do endereço é dele. Pode ser um impostor, ou o pool tem uma chave nova.',
    'Não minere aqui. Compare a chave com a página do próprio pool.',
  ),
  'certificate-expired': w(
    'O certificado do pool venceu, ou o relógio deste computador está adiantado.',
    'Certificados valem por um tempo limitado.',
    'Confira primeiro a data e a hora deste computador. Se estiverem certas, o pool precisa renovar.',
  ),
  'certificate-not-yet-valid': w(
    'O certificado do pool ainda não vale: o relógio deste computador deve estar atrasado.',
    'Certificados começam a valer no momento da conexão.',
    'Acerte o relógio deste computador e tente de novo.',
  ),
  'certificate-version': w(
    'O certificado do pool é de uma versão desconhecida.',
    'O pool é mais novo que este aplicativo.',
    'Atualize o Hearth ou use outro pool.',
  ),
  'transport-tampered': w(
    'A conexão criptografada foi danificada.',
    'Bytes foram mudados no caminho. Ninguém pôde ler nem desviar o trabalho.',
    'O Hearth se conecta de novo sozinho.',
  ),
  'frame-too-long': w(
    'O pool mandou uma mensagem maior do que ela pode ser.',
    'Uma falha no software do pool, ou alguém hostil do outro lado.',
    'O Hearth se conecta de novo; use outro pool se continuar.',
  ),
  'frame-timeout': w('Uma mensagem do pool parou no meio.', 'A conexão travou ou o pool parou.', 'O Hearth se conecta de novo sozinho.'),
  'protocol-broken': w(
    'O pool mandou algo que quebra o protocolo.',
    'Uma falha no software do pool, ou alguém hostil do outro lado.',
    'O Hearth se conecta de novo; use outro pool se continuar.',
  ),
  'setup-refused': w(
    'O pool recusou a conexão.',
    'Ele não oferece o que foi pedido.',
    'Veja as palavras dele nas evidências; tente outro pool.',
  ),
  'setup-timeout': w(
    'O pool não respondeu à configuração da conexão.',
    'Ele está sobrecarregado ou ainda não tem trabalho.',
    'O Hearth tenta de novo sozinho.',
  ),
  'channel-refused': w(
    'O pool recusou este usuário.',
    'O nome não é conhecido lá, ou o pool está cheio.',
    'Confira o nome de usuário: um endereço, ou uma conta que você registrou.',
  ),
  'channel-timeout': w('O pool não abriu um canal.', 'Ele está sobrecarregado.', 'O Hearth tenta de novo sozinho.'),
  'channel-closed': w('O pool fechou o canal.', 'Veja as palavras dele nas evidências.', 'O Hearth se conecta de novo sozinho.'),
  'job-timeout': w(
    'O pool não deu trabalho.',
    'O próprio nó dele não lhe dá um modelo de bloco.',
    'O Hearth tenta de novo; use outro pool se continuar.',
  ),
  stalled: w('O pool está calado há tempo demais.', 'A conexão travou ou o pool parou.', 'O Hearth se conecta de novo sozinho.'),
  'reconnect-refused': w(
    'O pool pediu para ir a um lugar aonde o Hearth não vai.',
    'O novo endereço é privado, ou ele pediu vezes demais.',
    'O Hearth fica com o endereço que você escolheu.',
  ),
  'shares-refused': w('O pool continua recusando shares bons.', 'O Hearth os conferiu; é falha do pool, ou roubo.', 'Use outro pool.'),
  'shares-unanswered': w('O pool não responde aos shares.', 'Ele confirma tarde, ou nunca.', 'Fique de olho; use outro pool se continuar.'),
  'clock-off': w(
    'O relógio deste computador está errado.',
    'Ele difere da hora do certificado do pool ou da cadeia.',
    'Deixe o sistema acertar a hora.',
  ),
  'key-published': w(
    'Criptografado, não autenticado.',
    'A metade secreta da chave deste pool é pública, então ela não prova nada.',
    'Serve para experimentar; escolha outro pool para minerar de verdade.',
  ),
  'node-unauthorised': w(
    'O nó recusou a senha.',
    'Usuário ou senha errados, ou um arquivo cookie antigo.',
    'Confira as credenciais ou aponte para o arquivo cookie do nó.',
  ),
  'cookie-not-readable': w(
    'O arquivo cookie do nó não pode ser lido.',
    'Ele não existe, ou este usuário não pode lê-lo. O nó grava um novo a cada início.',
    'Confira o caminho e a permissão, e se o nó está funcionando.',
  ),
  'node-other-network': w(
    'O nó está em uma rede diferente da do endereço.',
    'O bitcoin e suas redes de teste não se misturam.',
    'Use um endereço da rede do nó.',
  ),
  'node-syncing': w(
    'O nó ainda está se atualizando.',
    'Ele precisa conhecer a cadeia inteira antes de poder dar trabalho.',
    'Espere; o Hearth começa sozinho quando ele terminar.',
  ),
  'node-no-peers': w(
    'O nó não está ligado a outros nós.',
    'Ele não fica sabendo de blocos novos nem consegue mandar os seus.',
    'Confira a rede do nó.',
  ),
  'node-warming-up': w('O nó está iniciando.', 'Ele responde assim que terminar de iniciar.', 'Espere; o Hearth começa sozinho.'),
  'node-answer-bad': w(
    'O nó deu uma resposta que não faz sentido.',
    'Não é um nó de bitcoin, ou é de uma versão muito diferente.',
    'Confira o endereço e a porta.',
  ),
  'node-silent': w(
    'O nó não responde a tempo.',
    'Ele está muito ocupado, ou outra coisa escuta nesta porta.',
    'O Hearth pergunta de novo sozinho. Se continuar, confira o endereço.',
  ),
  'node-rule-unknown': w(
    'O nó segue uma regra que o Hearth não conhece.',
    'Blocos feitos aqui poderiam ser inválidos lá. O nó é mais novo que o Hearth, ou está em outra cadeia.',
    'Atualize o Hearth ou use outro nó.',
  ),
  'node-signet-signed': w(
    'Os blocos desta signet precisam da assinatura do guardião dela.',
    'Só quem tem a chave dele pode minerá-la.',
    'Use um nó de outra rede, ou uma signet sua.',
  ),
  'node-error': w('O nó informou um erro.', 'Veja as palavras dele nas evidências.', 'Confira o log do próprio nó.'),
  'payout-mismatch': w('Este trabalho não pagaria você.', 'A coinbase não paga o seu endereço.', 'O Hearth parou. Não minere aqui.'),
  'block-refused': w(
    'O nó recusou um bloco encontrado.',
    'Outro bloco foi mais rápido, ou o nó discorda.',
    'Veja as palavras do nó nas evidências.',
  ),
  'settings-broken': w(
    'Os ajustes não puderam ser lidos.',
    'O arquivo estava danificado. Ele foi guardado ao lado do novo.',
    'Configure de novo ou restaure um backup.',
  ),
  'settings-too-new': w(
    'Os ajustes vêm de um Hearth mais novo.',
    'Eles foram guardados ao lado dos novos.',
    'Atualize o Hearth ou configure de novo.',
  ),
  'settings-not-saved': w(
    'Os ajustes não puderam ser salvos.',
    'O disco está cheio ou não pode ser gravado.',
    'Libere espaço; até lá o Hearth os mantém na memória.',
  ),
  'history-not-saved': w(
    'O histórico não pode ser gravado.',
    'O disco está cheio ou não pode ser gravado.',
    'Libere espaço. A mineração continua; enquanto isso os shares ficam na memória.',
  ),
  'history-broken': w(
    'O histórico não pôde ser lido.',
    'O arquivo estava danificado. Ele foi guardado ao lado de um novo.',
    'Nada a fazer; o arquivo antigo pode ser consertado à mão.',
  ),
  'disk-full': w('O disco está cheio.', 'O Hearth não conseguiu salvar.', 'Libere espaço.'),
  'file-not-found': w('Falta um arquivo.', 'Ele foi movido ou apagado.', 'Confira o caminho.'),
  'file-not-readable': w('Um arquivo não pode ser lido.', 'As permissões dele não deixam.', 'Confira as permissões.'),
  'file-not-writable': w('Um arquivo não pode ser gravado.', 'As permissões dele não deixam.', 'Confira as permissões.'),
  'port-in-use': w('Outro programa usa esta porta.', 'Talvez o Hearth já esteja aberto.', 'Feche o outro programa ou escolha outra porta.'),
  'listen-failed': w('O Hearth não conseguiu abrir uma porta.', 'O sistema recusou.', 'Escolha outra porta.'),
  'already-running': w(
    'O Hearth já está aberto com esta pasta de dados.',
    'Dois ao mesmo tempo estragariam o histórico.',
    'Use o que está aberto, ou outra pasta.',
  ),
  'device-gone': w('Um aparelho foi desconectado.', 'O cabo, a porta ou a alimentação dele.', 'Conecte de novo; ele começa sozinho.'),
  'device-failed': w('Um aparelho parou de funcionar.', 'Veja as evidências.', 'Desconecte, espere e conecte de novo.'),
  'device-silent': w(
    'Um aparelho ficou calado.',
    'Ele diz que trabalha, mas há tempo demais não chega nenhuma resposta.',
    'Desconecte, espere e conecte de novo.',
  ),
  'usb-unavailable': w(
    'Este computador não tem um USB que o Hearth possa usar.',
    'O sistema não tem barramento USB ou não o libera para programas.',
    'Nada a fazer se você não tem um minerador USB.',
  ),
  'usb-no-permission': w(
    'O Hearth não pode usar este aparelho USB.',
    'O sistema só entrega aparelhos USB ao administrador, até que uma regra diga o contrário.',
    'Execute “npm start -- devices”: ele mostra o comando que permite. Depois conecte o aparelho de novo.',
  ),
  'usb-rule-not-needed': w(
    'Este computador não precisa de uma regra para USB.',
    'Só o Linux entrega aparelhos USB apenas ao administrador.',
    'Nada a fazer aqui.',
  ),
  'usb-no-driver': w(
    'O driver deste aparelho USB está no caminho.',
    'O sistema deu a ele um driver que não é o WinUSB, ou nenhum.',
    'Instale o WinUSB para este aparelho com o Zadig e conecte de novo.',
  ),
  'usb-driver-holds': w(
    'O macOS retém esta placa para o próprio driver serial.',
    'O Hearth precisa reiniciar os chips dela, e esse driver não tem como fazer isso. Programas não podem tirar a placa dele.',
    'Conecte-a a um computador com Linux, ou com Windows e o driver WinUSB.',
  ),
  'serial-baud-unsupported': w(
    'O driver serial desta placa é lento demais para ela.',
    'O driver do sistema não alcança a velocidade de que a placa precisa.',
    'Atualize o driver do chip USB da placa no site do fabricante e conecte-a de novo.',
  ),
  'usb-stock-firmware': w(
    'Isto pode ser uma Bitaxe com o firmware do fabricante: ela minera pela sua rede.',
    'Por USB, uma placa assim só mostra a porta de depuração, em que o Hearth não toca.',
    'Se for uma: abra a página web dela e informe ali o seu pool.',
  ),
  'usb-firmware-unknown': w(
    'Isto vem de um fabricante de mineradores, mas o Hearth não o conhece.',
    'Uma placa mais nova, ou um firmware de outro tipo. Ela não foi aberta.',
    'Atualize o Hearth. Se continuar, informe o que ela diz de si.',
  ),
  'usb-cable-loose': w(
    'Um aparelho USB aparece e some.',
    'Um cabo ou uma porta frouxa ou gasta, ou um hub que dá pouca energia.',
    'Tente um cabo mais curto e outra porta; use um hub com fonte própria.',
  ),
  'usb-hub-weak': w(
    'Esta placa está em um hub sem fonte própria.',
    'Um hub assim divide 500 mA entre todas as portas. Cada stick puxa até 2 A.',
    'Use um hub com uma boa fonte própria, a não ser que a placa tenha a dela.',
  ),
  'usb-busy': w(
    'Outro programa usa este aparelho.',
    'Ele o abriu antes do Hearth; o nome está nas evidências quando o sistema diz.',
    'Feche o outro programa; o Hearth tenta de novo sozinho.',
  ),
  'usb-transfer-failed': w(
    'Um aparelho USB não recebe ou não entrega dados.',
    'O cabo, o hub ou pouca energia.',
    'O Hearth tenta de novo sozinho. Se continuar, tente um cabo mais curto ou outra porta.',
  ),
  'device-no-chips': w(
    'Os chips de uma placa não respondem.',
    'Pouca energia, um início que deu errado ou uma placa quebrada.',
    'Confira a fonte dela. Desconecte, espere e conecte em outra porta.',
  ),
  'device-nonsense': w(
    'Uma placa responde coisas sem sentido.',
    'Ela está danificada, rápida ou quente demais, ou não é o que diz ser.',
    'Baixe a frequência; confira a energia e a refrigeração.',
  ),
  'device-quarantined': w(
    'O Hearth desistiu de uma placa.',
    'Ela falhou várias vezes; o último motivo está nas evidências. As outras continuam minerando.',
    'Veja o motivo. Depois desconecte, espere e conecte de novo.',
  ),
  'device-hung': w(
    'Uma placa parou de responder e está sendo reiniciada.',
    'Calor, energia ou uma frequência alta demais.',
    'Nada a fazer se for raro. Se não, baixe a frequência.',
  ),
  'device-slow': w(
    'Uma placa rende bem menos do que deveria.',
    'A frequência é alta demais para a energia ou a refrigeração dela.',
    'O Hearth a reinicia, e mais devagar se acontecer de novo.',
  ),
  'device-chips-silent': w(
    'Alguns chips de uma placa não respondem.',
    'Estão com defeito ou mal refrigerados, ou recebem pouca energia.',
    'Os outros continuam. Desconecte a placa, deixe esfriar e conecte de novo. Se não ajudar, baixe a frequência.',
  ),
  'device-too-hot': w(
    'Uma placa esquentou demais e foi desligada.',
    'Poeira, um quarto quente, uma ventoinha fraca ou uma frequência alta.',
    'Melhore a refrigeração. Ela volta sozinha quando esfriar.',
  ),
  'device-throttled': w(
    'Uma placa está quente e roda mais devagar.',
    'Poeira, um quarto quente, uma ventoinha fraca ou uma frequência alta.',
    'Melhore a refrigeração ou baixe a frequência. Ela acelera de novo sozinha quando esfriar.',
  ),
  'device-over-current': w(
    'Uma placa puxou corrente demais e foi desligada.',
    'A frequência é alta demais, ou ela está danificada.',
    'Baixe a frequência.',
  ),
  'device-supply-voltage': w(
    'A tensão de alimentação de uma placa está errada; ela foi desligada.',
    'A fonte é fraca demais ou não é a certa.',
    'Use a fonte própria da placa.',
  ),
  'device-fan-failed': w(
    'A ventoinha de uma placa está parada; a placa foi desligada.',
    'Algo a bloqueia, o conector está solto ou ela quebrou.',
    'Confira a ventoinha. A placa volta sozinha quando ela girar.',
  ),
  'device-power-fault': w(
    'O regulador de tensão de uma placa informa uma falha; a placa foi desligada.',
    'A fonte não aguenta ou a placa está danificada.',
    'Confira a fonte de alimentação.',
  ),
  'device-sensor-silent': w(
    'Um sensor de uma placa não responde; a placa foi desligada.',
    'Sem ele ninguém vê se a placa esquenta demais.',
    'Desconecte, espere e conecte de novo.',
  ),
  'worker-crashed': w(
    'Uma thread do processador parou.',
    'O computador ficou sem memória, ou é uma falha do Hearth.',
    'O Hearth a inicia de novo sozinho.',
  ),
  'hardware-errors': w(
    'Um aparelho dá respostas erradas.',
    'Está quente demais, rápido demais ou recebe pouca energia.',
    'Baixe a frequência; confira a energia e a refrigeração.',
  ),
  'device-stays-on': w(
    'Uma placa não se deixou desligar.',
    'Ela ou a porta USB dela não responde mais. Pode ainda ter energia e esquentar sem que ninguém veja.',
    'Desconecte-a. Até lá, o Hearth manda desligar de novo a cada poucos segundos.',
  ),
  'app-interrupted': w(
    'O Hearth não estava aberto quando deveria estar minerando.',
    'O computador estava desligado ou em repouso, ou o Hearth foi encerrado à força.',
    'Nada a fazer: a mineração já recomeçou.',
  ),
  'miner-gone': w(
    'O minerador não responde.',
    'Ele foi fechado ou está reiniciando.',
    'O Hearth se conecta de novo sozinho. Se ele foi fechado, abra de novo.',
  ),
  'random-broken': w(
    'Este computador não fornece números aleatórios.',
    'A fonte de acaso dele está quebrada: chaves feitas com ela não valeriam nada.',
    'Reinicie o computador.',
  ),
  internal: w('Algo deu errado dentro do Hearth.', 'É uma falha do Hearth.', 'Copie o diagnóstico e informe o problema.'),
} satisfies Partial<Record<FaultCode, FaultWords>>;
