"""Cue phrases: what makes a clause a conclusion, a correction, a definition, a question or a supposition."""

from __future__ import annotations

import re

QUESTION_WORDS = re.compile(
    r"\b(?:(?:other|remaining|rest of the) (?:\w+ )?(?:options|choices|answers|things|ones) "
    r"(?:offered|listed|given|on)|"
    r"(?<!answer to )the question (?:is|asks|here|was|concerns|whether|at)|(?<!the )question (?:is|asks)|"
    r"asks? (?:whether|if|about|which|what|me|us)|(?:am|are|was|were|is|been) asked|(?:is|are|was|were) asking|"
    r"asked (?:whether|if|about|"
    r"to|which|what)|"
    r"(?:we|i)(?:'d| would|'ll| will| should)? (?:need|have|want|must) to (?:determine|decide|look|"
    r"identify|find|check|consider|see|choose|figure|"
    r"know|evaluate|assess|analy[sz]e|examine)|to answer|^\W*(?:in order )?to (?:decide|determine|judge|assess|"
    r"check|find out|tell|establish|evaluate|answer|settle)\b|"
    r"let(?:'s| me| us)|i will (?:look|examine|analy[sz]e|"
    r"consider|guess|check)|(?<!given )(?<!of )(?<!from )(?<!among )(?<!on )(?<!considering )(?<!the )"
    r"(?:the )?(?:possible |given |available |answer )?(?:options|choices|candidates) "
    r"(?:are|include|given|provided|listed)|choose (?:between|from|among)|we are (?:given|shown|asked))\b",
    re.IGNORECASE,
)

RHETORICAL = re.compile(
    r"^\W*(?:so |and |but |now |well )?(?:you know|you see|see (?:that|how|the|this)|notice|remember|look at|"
    r"who would|how could)\b|,\s*(?:right|no|eh|huh|yes|ok|okay|(?:is|are|was|does|do|did|has|can|would)(?:n't)? "
    r"(?:it|they|there|he|she|that|this|we|you))\W*$",
    re.IGNORECASE,
)
"""A question in form only: "It is snapped, isn't it?"."""

YES = re.compile(
    r"^\W*(?:yes|yeah|yep|indeed|exactly|certainly|of course|(?:it|this|that|he|she) (?:does|is|has|was)\W*$|"
    r"(?:they|these|those) (?:do|are|have)\W*$|there (?:is|are)\W*$|i (?:do|can|think so)\W*$|i(?:'d| would) say so)",
    re.IGNORECASE,
)

NO = re.compile(
    r"^\W*(?:(?:no|nope|never|hardly|none)\b|by no means|not (?:at all|really|a bit|here|that i|one)|"
    r"(?:it|this|that|he|she|they|these|those|there) (?:do|does|is|are|was|were|has|have)(?:n't| not)\b|"
    r"i (?:do not|don't|can't|cannot)\b)",
    re.IGNORECASE,
)
"""How somebody answers a question of his own."""

DEIXIS = re.compile(
    r"\b(?:this|these|here|there (?:is|are|was|were|seems?|appears?)|the (?:image|picture|scan|film|slice|x-?ray|"
    r"radiograph|mri|ct|study|patient|photo|view|findings?|appearances?)|i (?:can |do |also |clearly )?(?:see|saw|"
    r"note|count|find|observe)|we (?:can )?(?:see|note|find|observe)|seen|visible|shown|noted|observed|identified|"
    r"present|shows?|demonstrates?|depicts?|displays?|reveals?|looks?|appears?|evident|my|today|left|right|"
    r"\d+(?:\.\d+)? ?(?:mm|cm|hu))\b",
    re.IGNORECASE,
)

VERDICT = re.compile(
    r"\b(?:ruled out|rule out|excluded?|struck|crossed|eliminated|dismissed|discarded|discounted|rejected|set aside)\b",
    re.IGNORECASE,
)

GENERIC = re.compile(
    r"^\W*(?:every|each|some|most|many) |\b(?:(?:is|are) (?:a|an|the|any|one of|defined|characteri[sz]ed|caused|"
    r"used|known|called|described|usually|"
    r"often|typically|commonly|generally|considered|associated|due)\b|refers? to|means?\b|occurs?\b|happens?\b|"
    r"uses?\b|can (?:be|cause|lead|result|affect|occur|present|develop|help|show)|"
    r"may (?:be|cause|present|occur|lead|result|develop|include)|"
    r"by definition|in general|in medicine|textbooks?(?! (?:normal|example|case|appearance|picture|look))|"
    r"literature|lectures?|knowledge|dictionary|dictionaries|"
    r"encyclop\w+|definition|chapter|prevalence|"
    r"incidence|prognosis|residents?|students?|guidelines?|researchers?|physicians?|doctors|clinicians|"
    r"every (?:doctor|physician|patient|radiologist|student)|(?:is|are) important|important (?:for|to|in)|"
    r"(?:daily|clinical|everyday|medical) practice|(?:condition|disease|disorder|technique|method|modality|procedure|"
    r"injury|infection|process|state) (?:that|which|in which|where|of the|characteri[sz]ed|caused|used|affecting)|"
    r"for (?:example|instance)|recogni[sz]ed (?:on|by)|well[- ]known|worldwide|population|age group|men and women|"
    r"in (?:men|women|children|"
    r"adults|athletes|smokers|older people|the elderly)|complications?|prevention|"
    r"first described|taught|term|understands|understood|named after|"
    r"often|typically|usually|commonly|generally|frequently|sometimes|almost never|rarely|(?:patients|people|persons|"
    r"individuals|those) (?:with|who)|symptoms?|treatments?|treated|risk|carries|results? from|arises? (?:from|when)|"
    r"develops?|records?|reli(?:es|y) on|detects?|employs?|works? by|depends? on|allows?|involves?|causes|"
    r"includes?|tends? to|are (?:central|peripheral|common|rare|more|less)|most people|"
    r"provides?|produces?|creates?|consists? of|helps?|affects?|makes?)\b",
    re.IGNORECASE,
)

DIRECTED = re.compile(
    r"\b(?:favou?rs?|suggests?|indicates?|supports?|means?|points? (?:to|towards?)|represents?|fits?|match(?:es)?|"
    r"proves?|confirms?|establish(?:es)?|makes? (?:it|this|that))\b",
    re.IGNORECASE,
)
"""Verbs that conclude where something of this image is their subject: "Ewing favours the shaft" says nothing of it."""

FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|may|might|can|could|will|would|do|does|did|means?|devotes?|differs?|favou?rs|"
    r"prefers|likes|loves|spares|makes|gives|goes|comes|grows|spreads|enhances|calcifies|arises|occurs|involves|"
    r"affects|produces|causes|permeates|destroys|requires|needs|respects|crosses|displaces|starts|begins|leads)\b",
    re.IGNORECASE,
)

STATES = re.compile(r"\b(?:no|not|none|nothing|never|without|absent|here|\w+n't)\b|'s\b", re.IGNORECASE)

PRONOUN = re.compile(
    r"\b(?:it|that|this|they|we|i)(?:'s|'m|'re| is| am| are| was| would| have| turns?| turned| looks?| seems?|"
    r" appears?| must| has| shows?)\b",
    re.IGNORECASE,
)

OPENS_DEFINITION = re.compile(
    r"(?:an? |the term )?(?!(?:the|this|that|these|those|it|he|she|i|we|there|here|my|his|her|its|so|what|"
    r"answer|option|"
    r"diagnosis|finding|therefore|thus|[a-j])\b)(?:[\w'-]+ ){1,5}(?:is|are|isn't|aren't|is not|are not) "
    r"(?:an?(?! (?:good|nice|normal|bit|little|touch|lot|clear|large|huge|big|small|mess))|something|any|one of|"
    r"defined|characteri[sz]ed|caused|known|called)\b",
    re.IGNORECASE,
)
"""A sentence such as "Pneumothorax is a collection of air in the pleural space"."""

TYPICALLY = re.compile(
    r"\b(?:the (?:term|word|name|expression|notion|concept)\b|1[5-8]\d\d|19[0-6]\d|(?:\w+teenth|twentieth) century|"
    r"(?:you|one) (?:should|must|ought)|typically|always|"
    r"usually|often|commonly|generally|classically|characteristically|frequently|sometimes|"
    r"rarely|"
    r"tends? to|in most cases|most (?:patients|cases|people)|(?:is|are|may be|can be) (?:\w+ly )?(?:characteri[sz]ed|"
    r"defined|caused|known|called)|(?:appears?|presents?|manifests?|shows? up|(?:is|are) seen|seen) as(?! if)|"
    r"refers? to|"
    r"manifests?|(?:named|called) (?:after|for)|first described|described by|on (?:an? |chest |plain |"
    r"t[12] )?(?:mri?|ct|ultrasound|sonography|x-?rays?|radiographs?|imaging|"
    r"t[12]|flair|mammograph?y|mammograms?)\b[\w ,-]{0,30}(?:\w+s|it|they) (?:\w+ )?(?:appears?|shows?|is|are))\b",
    re.IGNORECASE,
)
"""What is so in general, unless the sentence points at this image."""

ANNOUNCES = re.compile(
    r"\b(?:(?:i|we|me|us|to|will|'ll|must|should) (?:first |quickly |briefly |just |also )?(?:recall|recapitulate|"
    r"remind|"
    r"teach|explain|define|revise|recite)|what (?:each|every|these|they|the (?:options|terms|choices))\b.*\bmean|"
    r"textbooks?(?! (?:normal|example|case|appearance|picture|look))|in general|generally speaking|by (?:definition|"
    r"convention)|"
    r"in theory|literature)\b",
    re.IGNORECASE,
)
"""It begins to say what is known in general: "let me recall what each choice means", "when I teach this"."""

_GENUS = (
    r"(?:organ|gland|structure|muscle|ligament|bone|vessel|tumou?r|condition|disease|disorder|technique|method|"
    r"modality|"
    r"procedure|injury|infection|process|collection|accumulation|loss|filling|presence|inflammation|collapse|narrowing|"
    r"enlargement|widening|dilat\w+|break|disruption|death|swelling|build-?up|scarring|thickening|displacement|"
    r"slippage|lack|absence|growth|development|blockage|rupture|protrusion|softening|hardening|type|kind|form|"
    r"group|family|series|set|test|tool|scan)(?:es|s)?"
)

GENUS = re.compile(
    rf"(?:the |an? )?(?:[\w'-]+ ){{1,5}}(?:is|are|means?|was) (?:[\w'-]+ ){{0,5}}{_GENUS} (?:that|which|who|of|in|by|"
    r"from|used|located|found|caused|responsible|due|where|when|with)\b",
    re.IGNORECASE,
)
"""A definition by the next higher kind: "the kidneys are bean-shaped organs that …", "X is a loss of …"."""

POINTING = re.compile(
    r"\b(?:this|these|here|there (?:is|are)|the (?:image|picture|scan|film|slice|x-?ray|radiograph|patient|"
    r"photo|view)|"
    r"i (?:can )?see|we (?:can )?see|my|today|answer|diagnosis)\b",
    re.IGNORECASE,
)

BOOKISH = re.compile(
    r"\b(?:(?:can|may|might) (?:also )?be seen (?:in|with|after)|(?:is|are) (?:best|often|usually|commonly|"
    r"typically) seen|"
    r"(?:is|are) (?:diagnosed|present) (?:when|if)|seen in (?:\w+ )?(?:practice|patients|people|children|adults|"
    r"men|women)|"
    r"(?:is|are) (?:one|ones) (?:in|of|that|which|where|with)\b|when (?:i|we) teach|"
    r"i (?:always |usually |often )?(?:remind|tell|teach) (?:my |the )?(?:residents|students|juniors|trainees|"
    r"registrars)|something (?:that|which) (?:is|can|may|occurs|happens|affects)|"
    r"can be (?:\w+ )?(?:diagnosed|recogni[sz]ed|"
    r"detected|identified|confirmed|distinguished)|one should (?:evaluate|look|assess|check))\b",
    re.IGNORECASE,
)

DEFINES = re.compile(
    r"(?!(?:the|this|these|those|there|both|all|here|we|i|lungs|bones)\b)(?:[\w'-]+ ){1,3}(?:is|are) (?:[\w'-]+ ){1,6}"
    r"(?:that|which|who) (?:form|occur|develop|affect|are|is|can|may|arise|cause|contain|grow|come|result)s?\b|"
    r"the (?!(?:\w+ ){0,3}(?:answer|diagnosis|finding|lesion|abnormality|mass|tumou?r|modality|technique|condition|"
    r"opacity|option|choice|break|problem|pathology|nodule|one|structure|fracture|collection|anomaly|result)s?\b)"
    r"(?:\w+ ){1,4}(?:is|are) (?:a|an|one of|the|part of|located|made|responsible)\b",
    re.IGNORECASE,
)

SURPRISE = re.compile(r"\b(?:surprised|astonished|amazed|doubt) if\b", re.IGNORECASE)

SUPPOSED = re.compile(
    r"\b(?:(?<!as )(?<!even )if|would've|i(?:'d| would) (?:have )?(?:expect|expected|want to see|look for)\b|"
    r"(?<!this )(?<!that )(?<!it )(?<!which )(?<!answer )(?<!diagnosis )(?<!what )would (?:\w+ )?be (?!consistent|"
    r"compatible|"
    r"in |the |an? |my |best|most|more|right|correct|appropriate|called|better|enough|for )\w+|"
    r"would (?:be expected|expect|show|have|see|look|appear|need|typically|usually|"
    r"demonstrate|present)|(?<!i )(?<!we )would (?!(?:be )?(?:say|suggest|call|favou?r|go|consistent|compatible|fit|"
    r"support|argue|agree|explain|therefore|thus|pick|choose|report|read|grade|rate|lean|put|conclude|diagnose|bet|"
    r"describe|classify|like|also|still|seem|appear|account|match|be))\w+|"
    r"(?:we|one|you)(?:'d| would| might| could) (?:look|expect|search|want) |were it|had it|should (?:see|show|have|"
    r"measure|not exceed|be (?:thinner|smaller|less|larger|wider|under|"
    r"below|between|about))|"
    r"would be (?:significant|abnormal|pathologic\w*|needed|required|considered)|one would)\b",
    re.IGNORECASE,
)

PAST = re.compile(
    r"^\W*(?:known|status post|s/p|previous(?:ly)?|prior|treated|hx|h/o|pmhx?|background)\b|"
    r"\b(?:(?:(?:has|had|have)(?: \w+){0,2} (?:had|been|passed|an?)|diagnosed|treated|operated|removed|since|"
    r"back)\b.{0,40}\b(?:in|since) (?:19|20)\d\d|as a (?:child|boy|girl|teenager)|"
    r"histor(?:y|ies) of|status post|known (?:case|history)|previously|in the past|last year|years ago|family history|"
    r"mother|father|sister|brother|grandmother|grandfather|aunt|uncle|used to have|past medical)\b",
    re.IGNORECASE,
)

_OTHERS = (
    r"(?:students?|residents?|registrar|reg|intern|tutor|boss|trainee|junior|colleagues?|nurse|referrer|team|gp|"
    r"officer|houseman|f[12]|sho|mum|mother|dad|father|friend|someone|somebody|others|people|they|he|she|surgeons?|"
    r"physio|consultant|ward|clinicians?|referring doctor|wife|husband)"
)
_SAID = (
    r"(?:say|says|said|thought|thinks|called|calls|wrote|writes|put|suggested|suggests|queried|queries|circled|"
    r"swore|insisted|argued|guessed|wondered|suspected|worried|feared|wanted|wants|reckons?|reckoned|"
    r"had (?:called|put|written|queried|suggested|circled|thought|in mind)|(?:was|were) (?:sure|convinced|fishing|"
    r"after|thinking|worried))"
)

IMPRESSION = re.compile(
    rf"\b{_OTHERS}(?: \w+)? (?:did |also |still |even |always |first )?{_SAID}\b|"
    r"\b(?:was|were|been|got) (?:called|reported|read|labelled|labeled|passed|signed off) |"
    rf"\b(?:queried|questioned|called|suggested|circled) (?:by|on|at) (?:the |my |our |a )?(?:\w+ )?{_OTHERS}\b|"
    r"\b(?:(?:was|had been) my (?:\w+ )?(?:worry|bet|guess|concern|fear|thought|idea|hunch|suspicion)|i first|"
    r"(?:first|initially) leaned|my (?:instinct|gut)|at first(?: glance| sight)?|(?:came|comes|"
    r"come) to (?:my )?mind|(?:was|were) considered|i (?:wrote|had written|put down|jotted|scribbled)|"
    r"i considered|first (?:glance|impression|thought|guess|idea|instinct|reaction|impulse|suspicion|hunch)|"
    r"(?:almost|nearly) (?:said|wrote|called|went|chose|picked|shouted|reported|typed|put|ticked)|"
    r"(?:was|were|am|is|are|been) (?:told|informed|warned|taught|telling)\b|(?:(?<!and )(?:suspects|claims|insists|"
    r"believes|thinks|swears|fears|wonders))|to begin with|i (?:had )?(?:believed|assumed|took it for)|"
    r"(?:was|were|am|been) (?:about|going|inclined|tempted|"
    r"ready|prepared|on the point) "
    r"(?:to|of)|"
    r"would have (?:said|guessed|thought|called)|you(?:'d| would| might) think|i (?:had )?wondered|"
    r"(?:some|most|many)(?: \w+)? (?:would |might |may )?(?:say|call|think|blurt|guess|assume)|(?:could|might|"
    r"can) (?:easily )?(?:fool|mislead|trick)|initially|"
    r"i (?:first|initially) "
    r"(?:thought|suspected)|i (?:had )?thought|might (?:think|be tempted)|one might|tempting|(?:makes|made) me think|"
    r"could be (?:mistaken|confused)|mimics?|superficially|would be easy to)\b",
    re.IGNORECASE,
)

CONCLUSION = re.compile(
    r"\b(?:therefore|thus|hence|so(?! (?:is|are|was|were|do|does|did|has|have)\b)|conclu\w+|in summary|to sum up|"
    r"overall|altogether|all in all|in short|"
    r"finally|final (?:answer|diagnosis|impression|verdict|decision|choice)|"
    r"answer|diagnosis|impression|verdict|consistent with|in keeping with|keeping with|compatible with|suggest\w*|"
    r"suggestive|indicat\w+|points? (?:to|towards?)|pointing (?:to|towards?)|favou?rs?|favou?red|most likely|"
    r"likeliest|best (?:fits?|match(?:es)?|explain\w*|choice|option|answer)|fits?|match(?:es)?|looks? like|must be|"
    r"i(?:'d| would| will|'ll)? (?:say|call|report|grade|rate|put|rank|place|go|pick|choose|opt|conclude|think|"
    r"believe|diagnose|"
    r"read|label|select|favou?r|bet)|this (?:is|one is|one was|was|must|looks|has to be)|"
    r"it(?:'s| is| must be| has to be)|that(?:'s| is| would be)|these are|those are|they are|confirm\w*|"
    r"diagnostic of|typical (?:of|for)|characteristic (?:of|for)|classic(?:al)? (?:for|of)|hallmark of|pathognomonic|"
    r"represents?|what (?:stands out|we have|i see|remains)|worrying for|suspicious for|concerning for|"
    r"which (?:is|means|makes)|leav(?:es|ing)|correct|pathology here|we are (?:looking at|dealing with)|"
    r"amounts? to|comes? down to|boiled down|written all over|points? at|recogni[sz]e|label (?:this|it|that)|"
    r"settles?|clinch\w*|makes? (?:it|this|that)|puts? (?:it|this|that)|going with|in other words|"
    r"speaks? (?:for|in favou?r)|argues? for|in favou?r of|supports?|bottom line|adds? up to|spells|boils? down|"
    r"(?:got|gotta) (?:to )?be|my (?:money|vote|bet|pick|choice|read|call|take)|lean(?:s|ing)? (?:to|towards?)|"
    r"in my (?:opinion|view|book)|can only be|end up with|reads? as|turns? out|turned out|is what|then$|"
    r"establish\w*|proves?|"
    r"what (?:\w+ ){1,8}is|i am looking at|i'm looking at|dealing with|has to be|means?)\b|->|→|=>",
    re.IGNORECASE,
)

REMAINDER = re.compile(
    r"\b(?:rest of|(?:other|aside|apart) (?:than|from) (?:that|this|these|the)|otherwise|the (?:rest|others?|remainder|"
    r"remaining)|"
    r"besides|elsewhere|except for|everything else|all else)\b",
    re.IGNORECASE,
)
"""What is normal here is only what is left."""

HARMLESS = re.compile(
    r"\b(?:(?:is|are|was|were|be|'s|just|only|merely|simply) (?:only|just|merely|simply|nothing (?:but|more than)) |"
    r"(?:normal|anatomical|common|usual) variants?|(?:is|are|from|an?|just|only) (?:motion |beam[- ]hardening )?"
    r"art[ie]facts?|of no (?:significance|consequence|importance|relevance|concern)|not (?:clinically )?significant|"
    r"(?:everybody|everyone|most (?:people|adults|of us)) (?:has|have|at)|"
    r"(?:at|for) (?:this|that|her|his|their|the) age|as (?:everybody|everyone|most)|"
    r"age[- ]related|nothing (?:that )?i would|innocent|harmless|incidental(?:ly)?|"
    r"partial volume|(?:a|the) skin ?fold|nipple shadows?|don't count|doesn't count|means nothing)\b",
    re.IGNORECASE,
)
"""What was seen is there and is nothing to report."""

WITHHOLDS = re.compile(
    r"\b(?:(?:leave|left|leaving) (?:it|this|that) open|(?:could|might|may) do (?:it|this|that) (?:too|as well)|"
    r"no (?:real |reliable |possible |sure )?way (?:to|of) (?:know|tell|be sure|decid|determin|say|"
    r"distinguish)\w*|"
    r"(?:cannot|can't|can not|couldn't|unable to|impossible to|hard to|difficult to|not possible to|"
    r"not able to) (?:really |reliably |safely )?"
    r"(?:tell|say|decide|determine|distinguish|separate|differentiate|commit|be sure which|choose|know)|"
    r"(?:more|further|additional) (?:information|imaging|data|views?|tests?|workup|work-up|sequences?) "
    r"(?:is|are|would be|will be|may be)|nonspecific|non-specific|not enough (?:information|detail|to)|"
    r"(?:nothing|little|not much) to (?:hang|base|go on|go by)|insufficient (?:information|evidence|detail)|"
    r"(?:remains?|stays?|is|are) (?:open|unclear|undetermined|undecided|uncertain|anyone's guess)|"
    r"do(?:n't| not) (?:know|want to guess)|anybody's guess|no idea|(?:could|may|might) be (?:any|either|anything))\b",
    re.IGNORECASE,
)
"""The think declines to say which."""

FORCED = re.compile(
    r"\b(?:(?:have|has|had|need|must|got|forced|obliged|supposed|required|asked) (?:to )?(?:pick|choose|answer|select|"
    r"click|tick|mark|submit|enter|guess|decide|commit|give|put|say something)|(?:must|should) (?:pick|choose|answer|"
    r"select|guess)|"
    r"(?:wants?|needs?|demands?|expects?|requires?) (?:something|an answer|a choice|one)|by default|for lack of|"
    r"at random|randomly|(?:i'll|i will|i) (?:just |simply )?guess|coin|for no reason|any(?:way|how)|regardless|"
    r"nevertheless|nonetheless|even so|all the same)\b",
    re.IGNORECASE,
)
"""An answer that is given because one has to be given."""

CORRECTION = re.compile(
    r"\b(?:wait|hold on|hang on|oops|my (?:mistake|bad|error)|come to think of it|having looked again|"
    r"i(?:'ll| will| must| should| need to)? (?:correct|revise|withdraw)|that was (?:wrong|a mistake|too quick|hasty)|"
    r"actually|correction|(?:scratch|scrap|forget|ignore|disregard|cancel|never mind) (?:that|this|it)(?! (?:too|out|"
    r"off|one|either|as well))|not so fast|"
    r"on second thoughts?|on reflection|i (?:must|have to|need to) change my|let me re\w+|hmm+|strike that(?! (?:too|"
    r"out|off|one|either|as well))|"
    r"i (?:was wrong|take (?:it|that) back|stand corrected|misread|made a mistake|mean)|no, (?:that|it|this|wait)|"
    r"looking again|looking closer|looking more closely|on closer (?:look|inspection)|on a second look|sorry|"
    r"(?:those|these|that|it|this|they)(?: (?:is|are)|'s|'re)(?:n't| not) (?:the (?:issue|problem|main|point|culprit|"
    r"cause|story|reason|matter)|what (?:matters|counts)|relevant|important)|beside the point|i retract|"
    r"changed my mind|change my mind|re-?examin\w+|reconsider\w*)\b",
    re.IGNORECASE,
)

FIRM = re.compile(
    r"\b(?:therefore|thus|hence|^so|answer is|answer:|i(?:'d| would| will)? (?:say|report|call|grade|go|pick|choose|"
    r"conclude)|what i would|is correct|conclusion|this (?:is|one is)|(?:^|, |so )that(?:'s| is)|it(?:'s| is) the)\b",
    re.IGNORECASE,
)
