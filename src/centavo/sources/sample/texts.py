"""Portuguese texts for the requests that are logged with their bodies.

A token is four characters here, in the texts and in the usage beside them, so that both agree;
no provider's tokenizer was used. The sentences are made from templates and name nobody.
"""

import random
from dataclasses import dataclass, field

import msgspec

__all__ = [
    "CHARACTERS_PER_TOKEN",
    "Prompt",
    "Texts",
    "anthropic_tool",
    "openai_tool",
    "token_count",
]

CHARACTERS_PER_TOKEN = 4

_FILL: dict[str, tuple[str, ...]] = {
    "produto": ("uma cafeteira", "um fone", "uma mochila", "um tênis", "uma luminária", "um tapete",
                "uma panela", "um teclado", "uma cadeira", "um ventilador", "uma jaqueta"),
    "prazo": ("três dias úteis", "uma semana", "dez dias corridos", "48 horas", "duas semanas"),
    "estado": ("em separação", "com a transportadora", "aguardando coleta", "entregue",
               "devolvido ao remetente", "em análise de pagamento"),
    "canal": ("pelo aplicativo", "pelo site", "por e-mail", "pelo telefone", "no ponto de coleta"),
    "motivo": ("tamanho errado", "defeito na costura", "cor diferente da imagem", "atraso na entrega",
               "cobrança em dobro", "embalagem violada", "arrependimento"),
    "tom": ("direto", "acolhedor", "técnico", "simples", "formal"),
    "valor": ("R$ 49,90", "R$ 129,00", "R$ 389,50", "R$ 74,25", "R$ 1.249,00", "R$ 15,80"),
    "setor": ("logística", "cobrança", "trocas", "cadastro", "lojistas", "pagamentos"),
}  # fmt: skip

_SENTENCES: dict[str, tuple[str, ...]] = {
    "pergunta": (
        "Comprei {produto} {canal} e o pedido {numero} continua {estado}. ",
        "O prazo era de {prazo} e ninguém me respondeu {canal}. ",
        "Quero trocar {produto} por causa de {motivo}. ",
        "Já paguei {valor} e a cobrança apareceu de novo na fatura. ",
        "Vocês conseguem cancelar o pedido {numero} ainda hoje? ",
        "Preciso da nota fiscal do pedido {numero} para a garantia. ",
    ),
    "resposta": (
        "Localizei o pedido {numero}: ele está {estado}. ",
        "O prazo previsto é de {prazo}, contado a partir da postagem. ",
        "Abri a solicitação no setor de {setor} com o motivo {motivo}. ",
        "O estorno de {valor} segue para o mesmo meio de pagamento em {prazo}. ",
        "Você pode acompanhar {canal} com o número {numero}. ",
        "Caso prefira, enviamos {produto} para outro endereço sem custo. ",
    ),
    "politica": (
        "Em caso de {motivo}, o setor de {setor} retorna em {prazo} e registra o protocolo. ",
        "Nunca prometa estorno acima de {valor} sem aprovação do setor de {setor}. ",
        "Se o pedido estiver {estado}, ofereça o acompanhamento {canal}. ",
        "Trocas por {motivo} são aceitas em {prazo} com a etiqueta original. ",
        "Não informe dados de pagamento {canal}; confirme apenas o número do pedido. ",
        "Quando alguém citar {motivo}, peça uma imagem e encaminhe ao setor de {setor}. ",
    ),
    "marketing": (
        "Descreva {produto} em tom {tom}, sem superlativos e sem prometer entrega em {prazo}. ",
        "Inclua o preço de {valor} apenas se ele estiver na ficha do produto. ",
        "Evite comparar {produto} com produto de outra marca. ",
        "O texto para o site tem tom {tom} e termina com o motivo da compra. ",
        "Cite materiais, medidas e cuidados de uso de {produto}. ",
        "Quem compra {canal} lê no celular: frases curtas, tom {tom}. ",
    ),
    "fraude": (
        "Pedido {numero} de {valor}, feito {canal}, endereço confirmado em {prazo}. ",
        "A conta tem {numero} compras anteriores e uma devolução por {motivo}. ",
        "O cartão foi usado em {produto} no valor de {valor} na mesma hora. ",
        "O endereço de entrega mudou depois do pagamento; o pedido está {estado}. ",
        "O aparelho é conhecido e a última compra foi {produto}. ",
        "O setor de {setor} não tem registro de contestação nesse cadastro. ",
    ),
}

_TOOLS: dict[str, tuple[str, ...]] = {
    "chat": ("consultar_pedido", "abrir_protocolo", "calcular_frete", "emitir_segunda_via",
             "agendar_coleta", "transferir_para_humano"),
    "copilot": ("consultar_pedido", "consultar_politica", "abrir_protocolo", "sugerir_resposta"),
    "marketing": ("buscar_ficha", "verificar_termos"),
    "marketing-v2": (
        "buscar_ficha", "verificar_termos", "publicar_anuncio", "agendar_postagem", "criar_cupom",
        "listar_campanhas", "editar_campanha", "pausar_campanha", "gerar_imagem", "cortar_imagem",
        "consultar_estoque", "consultar_preco", "alterar_preco", "consultar_avaliacoes",
        "responder_avaliacao", "exportar_planilha", "importar_planilha", "traduzir_texto",
        "medir_leitura", "listar_marcas", "editar_marca", "criar_segmento", "listar_segmentos",
        "enviar_mala_direta", "cancelar_mala_direta", "consultar_metricas",
    ),
    "fraud": (),
}  # fmt: skip


def token_count(text: str) -> int:
    """Return the tokens of a text in this sample: four characters each, the last one rounded up.

    >>> token_count("APROVAR")
    2
    """
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def openai_tool(name: str) -> dict[str, object]:
    """Return the schema of a tool as OpenAI's chat completions take it."""
    return {"type": "function", "function": {**_about(name), "parameters": _parameters()}}


def anthropic_tool(name: str) -> dict[str, object]:
    """Return the schema of a tool as Anthropic's messages take it."""
    return {**_about(name), "input_schema": _parameters()}


def _about(name: str) -> dict[str, str]:
    words = name.replace("_", " ")
    return {
        "name": name,
        "description": f"Ferramenta interna para {words}. Use somente quando o pedido exigir "
        f"{words} e todos os campos obrigatórios forem conhecidos.",
    }


def _parameters() -> dict[str, object]:
    text = {"type": "string", "description": "Texto livre em português, no máximo 200 letras."}
    number = {"type": "string", "description": "Número do pedido ou do anúncio, só dígitos."}
    return {
        "type": "object",
        "properties": {"numero": number, "detalhe": text, "motivo": text},
        "required": ["numero"],
    }


@dataclass(frozen=True)
class Prompt:
    """The part of a request that never changes.

    Attributes:
        system: System prompt.
        tools: Names of the tools.
        tokens: Of both, counted as everywhere in the sample.
    """

    system: str
    tools: tuple[str, ...]
    tokens: int


@dataclass
class Texts:
    """System prompts, made once, and sentences on demand."""

    seed: int
    prompts: dict[str, Prompt] = field(default_factory=dict[str, Prompt])
    _pools: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def __post_init__(self) -> None:
        rng = random.Random(f"{self.seed}/texts")
        for topic in _SENTENCES:
            self._pools[topic] = [_sentence(rng, topic) for _ in range(240)]
        marketing = self._rules(rng, "marketing", 900)
        brands = "".join(
            f"\n## Marca {number}\n{self._rules(rng, 'marketing', 520)}" for number in range(1, 9)
        )
        systems = {
            "chat": "Você atende compradores da Loja Exemplo (empresa fictícia).\n"
            + self._rules(rng, "politica", 1200),
            "copilot": "Você ajuda o atendente da Loja Exemplo (empresa fictícia). Manual:\n"
            + self._rules(rng, "politica", 7600),
            "marketing": f"Você escreve textos de produto.\n{marketing}",
            # Version 2: the same rules three times, and the style guides of every brand.
            "marketing-v2": "Você escreve textos de produto.\n"
            + f"{marketing}\nIMPORTANTE, LEIA DE NOVO:\n{marketing}\nREPETINDO:\n{marketing}{brands}",
            "fraud": 'Responda só com JSON: {"decisao":"APROVAR"} ou {"decisao":"REVISAR"}.\n'
            + self._rules(rng, "fraude", 500),
        }
        for name, system in systems.items():
            tools = _TOOLS[name]
            schema = anthropic_tool if name == "copilot" else openai_tool
            schemas = msgspec.json.encode([schema(each) for each in tools]).decode()
            self.prompts[name] = Prompt(
                system, tools, token_count(system) + (token_count(schemas) if tools else 0)
            )

    def _rules(self, rng: random.Random, topic: str, tokens: int) -> str:
        """Return numbered rules, no two alike, of exactly that many tokens."""
        wanted = tokens * CHARACTERS_PER_TOKEN
        text = ""
        number = 0
        while len(text) < wanted:
            number += 1
            text += f"{number}. {_sentence(rng, topic)}\n"
        return text[:wanted]

    def write(self, rng: random.Random, topic: str, tokens: int) -> str:
        """Return a text of exactly that many tokens on a topic."""
        wanted = tokens * CHARACTERS_PER_TOKEN
        pool = self._pools[topic]
        # Every sentence has more than 40 characters.
        return "".join(rng.choices(pool, k=wanted // 40 + 1))[:wanted]


def _sentence(rng: random.Random, topic: str) -> str:
    fill = {key: rng.choice(values) for key, values in _FILL.items()}
    return rng.choice(_SENTENCES[topic]).format(numero=rng.randint(1000, 99999), **fill)
