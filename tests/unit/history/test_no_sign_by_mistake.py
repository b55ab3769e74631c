"""No sign is made of words that belong to different statements, or that only sound like one."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

# Beside each slip a true sign in near words.
_PAIRS = [
    # Greetings of other countries are no slips of an English word.
    ("chest_breath", "gday, sore neck from shearing", "chest hurts, he has gone gray"),
    # Shame, a funeral and a farm.
    ("crisis", "I wanted to die of shame and my neck is tight", "I wanted to die last night"),
    ("crisis", "kms if that was me, anyway my neck is sore", "gonna kms tonight"),
    (
        "stroke_signs",
        "choked up at the funeral, couldn't get a word out",
        "couldn't get a word out",
    ),
    ("clot_risk", "we'd a calf come out swollen and I pulled for an hour", "my calf is swollen"),
    ("bladder_bowel_saddle", "I laughed and nearly wet myself", "I wet myself twice today"),
    (
        "injury_danger",
        "cricked it at a hen do throwing my head back",
        "drunk at a hen do, fell off the kerb and hurt my neck",
    ),
    # A contraction is no other word, and a greeting no colour.
    ("systemic", "The bus broke down so I'll be late", "I've been so ill all week"),
    ("chest_breath", "G'day, crook lower back", "chest hurts and my face has gone grey"),
    # Words of two statements make no sign.
    ("airway", "bit of an egg, neck moves grand", "swollen neck, it grew in an hour"),
    ("airway", "I'm out of puff, is it the neck?", "the front of my neck is puffed up today"),
    ("meningism", "new mattress is too hard and I wake up sore", "she is hard to wake up"),
    ("lump", "baby was sick down my back, and I twisted", "my back feels twisted and humped"),
    ("voice", "no drooling, and no, my voice is not gone", "I've no voice since yesterday"),
    ("neuro_arm_worse", "sore on Monday, fine again by Thursday", "hand is weaker each day"),
    # What has no air is a tyre or an office, and who is wet with sweat has run.
    ("chest_breath", "no air in the tyres, so I pushed the bike", "I have no air and want to sit"),
    ("chest_breath", "we have no air con in the office", "no air in my lungs since this morning"),
    ("chest_breath", "the van has no air and no radio", "air is not coming, also at rest"),
    ("chest_breath", "air not coming out of the vent", "the air does not come in"),
    ("chest_breath", "no air from the fan at my desk", "I get no air when I lie down"),
    ("chest_breath", "I was all wet with sweat after my run", "all wet with sweat, also now"),
    ("chest_breath", "wet from sweat after a match", "I become wet from sweat and feel sick"),
    (
        "chest_breath",
        "it comes when I type and goes when I sit straight",
        "ache in neck and jaw, it come when I go up stairs, go away when I sit",
    ),
    # A place, an age and a count are no fall and no speed.
    ("injury_danger", "neck sore from the ladder work", "neck sore since I fell from the ladder"),
    ("injury_danger", "my disc popped at 29 when bending", "was doing 29 mph when they hit me"),
    ("injury_danger", "hurts going down stairs but I did 100 squats", "fell down 12 stairs"),
    # What a person writes of the chat, a form or a thing is no state of mind.
    ("meningism", "I'd rather not answer that", "he won't answer when I call"),
    ("meningism", "can I talk to someone", "she's talking to people who aren't there"),
    ("meningism", "I can't get my head round the sheet", "I can't wake her up"),
    ("meningism", "I'm not sure what day my visit is", "she doesn't know what day it is"),
    ("meningism", "asthma as a child, I grew out of it", "gran is out of it and rambling"),
    # What is said of something else, or of long ago, or answers something else.
    ("timing", "3 at worst, it doesn't stop me working", "it doesn't stop, day or night"),
    ("assault", "she hit my knees with the little hammer", "she hit me in the face"),
    ("neuro_leg", "they X-rayed me top to toe and found nothing", "my toes feel nothing"),
    ("cancer_history", "I have never had cancer", "I have bone cancer"),
    ("crisis", "my arm feels like dead", "I would rather be dead"),
    (
        "bladder_bowel_saddle",
        "I leak a bit when I sneeze, but that's since the twins 9 years ago. It hasn't changed",
        "I leak when I sneeze since Monday, but the neck, that's since the twins",
    ),
    ("systemic", "Fever. None.", "I have a fever. None"),
    # A figure of speech is one with any word of its kind.
    ("stroke_signs", "dizzy with joy that it is gone", "dizzy and my neck hurts"),
    ("chest_breath", "I can't breathe with these deadlines", "I can't breathe with this pain"),
    ("systemic", "it was 41 degrees here all week", "my temperature was 41 degrees"),
    ("systemic", "I have hay fever", "I have a fever"),
    ("neuro_leg", "nothing in the legs, just the back", "I feel nothing in my legs"),
    ("neuro_leg", "can I shuffle my booking", "I shuffle when I walk since last week"),
    # A visit, a trip, a job and a place on the way are no sign.
    ("bladder_bowel_saddle", "I won't be able to come tomorrow", "I can't climax any more"),
    ("bladder_bowel_saddle", "should I wait it out", "16 hours since my last wee"),
    ("neuro_leg", "sore after long coach trips", "he trips over nothing all day"),
    ("neuro_leg", "Stand up, walk, gone", "my walking is strange, my balance gone"),
    ("neuro_leg", "the benches are hard, stand up and it's fine", "I can't stand up any more"),
    ("systemic", "I got soaked cycling", "I wake up soaked in sweat"),
    ("systemic", "I am 38 and my neck has let me know", "temp 38.5 and my neck is stiff"),
    ("airway", "food goes down normally", "no food goes down"),
    ("neck_manipulated", "physio for a stiff neck?", "the physio cracked my neck on Monday"),
    ("neck_manipulated", "I'm a hairdresser, arms up", "dizzy since the hairdressers basin"),
    ("assault", "arm pain, a tight chest and neck", "he held my neck"),
    ("skin", "shoulders up round my ears", "blisters in my ear"),
    ("onset_extreme", "can I run through it again", "a pain like a sword ran through me"),
    # An animal, a thing and somebody on the telly have their own troubles.
    ("meningism", "the cat had a fit, sore neck from carrying her", "I had a fit this morning"),
    (
        "neuro_leg",
        "our greyhound has gone weak in the legs",
        "the dog pulled me, my legs went weak",
    ),
    ("neuro_leg", "in Casualty a bloke couldn't feel his legs", "I can't feel my legs"),
    # What was, and is said to be long ago, is over.
    ("injury_danger", "came off a motorbike in '89", "came off a motorbike in July"),
    (
        "injury_danger",
        "I fell off a ladder the winter before last",
        "I fell off a ladder last week",
    ),
    ("neuro_arm", "In 2018 my arm went numb for a week", "In 2018 I fell and my arm is numb"),
    ("chest_breath", "I fainted once, at my wedding, 1984", "I fainted once, at work, today"),
    (
        "neuro_leg",
        "I couldn't feel my legs. That's four years ago",
        "I can't feel my legs. That's new",
    ),
    (
        "stroke_signs",
        "my words came out as mush. That was in 2010",
        "words like mush. All fine since",
    ),
    ("stroke_signs", "my face drooped in 2009, fine since", "my face drooped today, fine since"),
    ("systemic", "a fever after my jab, it went by morning", "a fever after my jab, it went up"),
    # Two things are seen, or one thing twice.
    ("stroke_signs", "I saw two surgeons about it", "I see two of everything"),
    ("stroke_signs", "lovely bruise, everything moves", "everything keeps moving round me"),
    ("stroke_signs", "my head only goes one way", "my head is going round and round"),
    # "Well" beside a failing hand does not end it.
    ("neuro_arm", "my hand was weak, all well now", "my hand doesn't close well"),
    # A denial in the words of the north is one, and so is a failing.
    ("systemic", "nae fever, nowt like that", "a fever, nae appetite"),
    ("neuro_leg", "naw, legs isnae numb", "I cannae feel my legs"),
    # Goods are seized, a brand has a vision, a bar is a dive, and fruit is no medicine.
    ("meningism", "there was a seizure at the port", "I had a seizure at the airport"),
    ("meningism", "the police seizure of goods took days", "a seizure took hold of me"),
    ("stroke_signs", "I lost the vision for our project", "I lost the vision in one eye"),
    ("injury_danger", "I work in a dive in town", "I dived in and hit my head"),
    ("crisis", "overdosed on mangoes and cricket", "overdosed on my mum's tablets"),
    ("meningism", "the whites of my eyes are white", "his eyes went white, then he shook"),
    ("meningism", "my mind went blank in the exam", "my mind is blank and muddled"),
    ("meningism", "customs seized my container", "he seized and foamed at the mouth"),
    ("bladder_bowel_saddle", "the roof is leaking", "my bladder is leaking"),
    ("systemic", "temperature 36.5", "temperature 38.5"),
    (
        "injury_danger",
        "wobbly coming down the stairs, like every leg day",
        "went down the stairs on my back, every step",
    ),
    ("stroke_signs", "gone blind looking for a pillow", "gone blind in one eye"),
    ("chest_breath", "I pass out as soon as I hit the pillow", "I pass out when I stand"),
    ("systemic", "I hit 38 last week", "my temperature hit 38 last week"),
    ("airway", "drooling in my sleep lol", "drooling and cannot swallow"),
    ("neuro_leg", "knees give way when I see the bill", "knees give way on the stairs"),
    ("chest_breath", "can't breathe in this bra lol", "can't breathe in bed"),
    ("assault", "I was jumped on by the kids", "I was jumped on by two men"),
    # A job on the road tells of no limit.
    ("function", "I drive a taxi, the gym is my hobby", "driving is hard with this neck"),
    ("function", "neck sore from the housework", "I struggle with the housework"),
    # An illness that is "his" is not the writer's.
    ("cancer_history", "lifting our labrador for his chemo", "lifting my bag after my chemo"),
    ("cancer_history", "sore from driving mum to her chemo", "mum drove me to my chemo"),
    ("systemic", "stiff neck, up with the toddler and his fever", "up with a fever"),
    (
        "stroke_signs",
        "me I am okay. It is my father who had the stroke, his mouth hung",
        "It is my father, his mouth hangs on one side",
    ),
    # A regular form of an English word is no misspelt other one.
    ("meningism", "the cushion plumped up again", "he is slumpd and won't rouse"),
    # Garments and instruments do and suffer what a neck does.
    ("assault", "my bow tie was strangling me all night", "my brother was strangling me all night"),
    ("assault", "he keeps murdering that trumpet, pipes getting throttled", "I got throttled"),
    ("assault", "nobody has ever choked me", "nobody saw it but he choked me"),
    ("assault", "She says nobody choked her", "She says he choked her and nobody came"),
    ("assault", "I choked in the cup final", "he choked me in the kitchen"),
    # As it is spoken: a no in Scots denies, and what cannot be done is heard.
    ("headache", "nae headache since", "sair heid, worst ever"),
    ("neuro_leg", "nae numbness in ma legs", "I cannae feel my legs"),
    ("stroke_signs", "gidday, neck's been crook", "giddy and my neck's crook"),
    # Cold, warmth, sweets and sport that stand beside a sign explain it.
    ("systemic", "I only shiver in the chiller at work", "I shiver all day at work"),
    ("systemic", "I was cold on the floor, shivered a bit", "I shivered a lot in the night"),
    ("systemic", "sweats at night, it's 31 degrees, air con's dead", "drenching sweats at night"),
    ("systemic", "hot and sweaty at night, it's the menopause", "hot and sweaty, neck stiff"),
    ("systemic", "dropped 5 lb as planned for race weight", "dropped 5 lb and don't know why"),
    ("injury_mechanism", "I dropped 3 kg for the summer", "I dropped 3 metres off the wall"),
    ("chest_breath", "his lips are blue from a slushie", "his lips are blue and he gasps"),
    ("chest_breath", "flopped onto the sofa, I collapse on the couch after work", "I collapsed"),
    ("meningism", "Out of it I'm fine, in the sun it aches", "he is out of it and hot"),
    ("meningism", "the price near gave me a seizure", "I had a seizure last night"),
    # What a film tells happened to nobody; what happened during one did.
    (
        "character",
        "Saw a movie where a guy's chest ripped open, mad",
        "tearing pain in my back during a movie",
    ),
    ("aorta_risk", "Watched a drama about an aorta aneurysm", "I have an aorta aneurysm"),
    # It was the animal's, in the next sentence too.
    ("infection_immune", "It's the dog. He had an abscess", "The dog is fine. I had an abscess"),
    # Nights are worked, and a rolled towel was in no crash.
    ("timing", "I've been driving nights for a year", "the pain is bad, I lie awake nights"),
    ("injury_danger", "rolled towel behind me helps", "rolled the van, it landed on me"),
    ("airway", "bitten on the neck, shot twice in that film", "my neck is twice its size"),
    # Said to be so since school and on every photo, or after an operation of years ago.
    ("hand_dexterity", "dropping my phone since kindergarten, no change", "dropping my phone"),
    (
        "stroke_signs",
        "my smile is lopsided since I was nine. Same in every photo",
        "my smile is lopsided since this morning",
    ),
    ("recent_procedure", "surgery in 2008 and a week of antibiotics", "neck surgery a week ago"),
    # Arms that stop at the shoulder are not lame, a mole is no cancer.
    ("paralysis", "I can't raise my arms over my head", "I can't raise my arms"),
    ("cancer_history", "had a mole cut off my back", "had a mole off, it was a melanoma"),
    ("character", "had a mole cut off my back", "it feels like my back is cut open"),
    # A limb that wakes when one stands, and what happened to nobody.
    (
        "bladder_bowel_saddle",
        "my bum goes to sleep on that seat, wakes when I stand up",
        "my bum is numb since I stood up",
    ),
    ("injury", "nobody fell, a miracle", "nobody was there when I fell"),
    ("meningism", "I'm sleeping and eating as ever", "he is sleepy and confused"),
    ("morning_stiffness", "my neck is stiff for 3 days", "stiff for 90 minutes every morning"),
    ("neck_manipulated", "slept all twisted, now my neck is stiff", "the chiro twisted my neck"),
    # A scan that was done, a place of work and a new baby are no history of the patient.
    ("aorta_risk", "the GP did an aorta scan, it was clean", "I have an enlarged aorta"),
    ("cancer_history", "eleven years in oncology, porter", "oncology see me every year"),
    ("cancer_history", "I'm a porter on the chemo suite", "I had chemo last year"),
    ("who_for", "new baby, so no sleep, and my neck is sore", "my new baby has a sore neck"),
    ("who_for", "just knackered like any new dad", "my dad has a sore neck"),
    ("who_for", "upper back tight. The old man dropped dead at 70", "my old man has chest pain"),
    ("duration_days", "sore neck. Anything at the weekend?", "I hurt my neck at the weekend"),
    # Said back with when it is so, slid on, wet from the rain, tired from the night.
    ("stroke_signs", "slurring? Only after four pints", "slurring? Yes, since this morning"),
    ("neuro_leg", "my toes tingle in ski boots, gone when I take them off", "my toes are numb"),
    ("neuro_leg", "my balance is rubbish on skates", "my balance is rubbish on the stairs"),
    ("neuro_leg", "wobbly legs from a marathon, fine two days later", "wobbly legs two days later"),
    ("systemic", "soaked in bed when the roof leaked", "soaked in bed every night"),
    ("meningism", "can't keep my eyes open on night shift", "can't keep my eyes open, neck stiff"),
    ("chest_breath", "I go red and sweaty when I present", "I go grey and sweaty at rest"),
    (
        "stroke_signs",
        "my sight is blurry because my glasses steamed up",
        "my sight is blurry all day",
    ),
    ("chest_breath", "nearly passed out when I saw the bill", "nearly passed out when I stood"),
    ("assault", "this bra is strangling my ribs", "he is strangling my neck"),
    ("chest_breath", "saw a bloke collapse, I helped", "I collapsed, a bloke helped"),
    ("age_band", "the mattress is 12 years old", "my son is 12 years old"),
    ("age_band", "a ganglion, ten years old", "neck pain, 72 years old"),
    ("neuro_arm", "arm weak and sore from the booster", "arm weak since the weekend"),
    ("meningism", "my brain is mush after exams", "couldn't be woken"),
    ("systemic", "I get the shakes if I skip breakfast", "I get the shakes at night"),
    ("neuro_leg", "I wobble on the bus, everyone does", "I wobble on the stairs"),
    ("neuro_leg", "my knees give out on squats", "my knees give out on the stairs"),
    ("chest_breath", "I saw a man faint, bad day", "I helped a man and got crushing chest pain"),
    ("neuro_arm", "weak? Only after the gym", "weak? Only my hand"),
    ("chest_breath", "winded after carrying bags up four floors", "winded at rest, can't talk"),
    ("neuro_arm", "arms are jelly after paddling", "arms are jelly and getting weaker"),
    ("neuro_leg", "heavy legs after a twelve hour shift", "heavy legs, worse each day"),
    ("injury_danger", "wind knocked out of me in a pillow fight", "he knocked me out in a fight"),
    (
        "who_for",
        "my gran fell and broke a hip, I never broke anything",
        "my gran fell, broke a hip",
    ),
    (
        "neuro_arm",
        "Our dog is weak",
        "Mum fell over the dog. She can't grip a cup with her left hand",
    ),
    ("neuro_leg", "knees went weak when I saw him", "my legs go weak when I look down"),
    ("course", "slow, got worse the more I hunch", "it got worse this week"),
    (
        "stroke_signs",
        "in the movie where the girl's head spins round, and mine won't",
        "my head spins round and won't stop",
    ),
    # Leant over a bench, flown home, walked off; a child that is carried is no patient.
    ("lump", "my back is achy from leaning over the machine", "my spine is leaning and bent"),
    ("injury", "flew to Leeds and woke with a crick", "flew off my bike yesterday"),
    ("neuro_leg", "it wakes me, then I walk it off", "I walk as if I'm drunk"),
    ("age_band", "from hauling a 2 yr old about", "asking for my 2 year old"),
    ("function", "gym is good", "gym is off for now"),
    ("injury", "tapped my neck with two fingers", "tapped from behind in a parking lot"),
    ("injury", "I love a big wave", "got dumped by a big wave"),
    ("injury_mechanism", "the yarn was spun into balls", "we were spun into the barrier"),
    ("onset_how", "sore since the weekend", "sore since the gym"),
    ("timing", "day after the gym, nights are fine", "bad at night, mornings are fine"),
    ("chest_breath", "chest only hurts if I press the muscle", "chest hurts when I climb stairs"),
    (
        "chest_breath",
        "my pecs are sore to press",
        "sharp pain when I breathe in, sore to touch too",
    ),
    ("assault", "I'd rather not say how old I am", "he had his hands on my throat"),
    # A height, a title, a feast, a picture of old, a collar of one's own.
    ("age_band", "I'm 5'9 same as ever", "my son is 5, 9 days of fever"),
    ("assault", "binged that Boston Strangler series", "a stranger strangled me at the series"),
    ("injury", "did a Crash marathon, neck stiff", "neck stiff since a crash at the marathon"),
    (
        "infection_immune",
        "had a big boil on Saturday, crawfish for 60 people",
        "had a big boil on Saturday, now my back aches",
    ),
    (
        "stroke_signs",
        "my left eyelid sits lower, it does in my baby pictures too, no change",
        "my left eyelid sits lower, it isn't like that in my baby pictures",
    ),
    ("who_for", "it does in my baby pictures too", "my baby has a fever, here are pictures"),
    ("assault", "strangled by my own shirt all day", "strangled by my own brother"),
    ("assault", "strangled in the film at school", "some girls at school strangled me"),
    ("course", "upper back ache, worse after leaning over beds", "upper back ache, worse today"),
    # What is given to others, and what comes with a job.
    ("infection_immune", "I give out chemo, take nothing", "I give out tablets and have chemo"),
    ("cancer_history", "Oncology nurse here, sore neck", "the oncology nurse rang, it's back"),
    ("cancer_history", "Nurse here, tumours are my nine to five", "Nurse here, I had a tumour"),
    (
        "chest_breath",
        "Hospital porter me, I've wheeled every heart attack in this town to scan",
        "Hospital porter me, I have crushing chest pain",
    ),
    (
        "injury",
        "I'm masseur to a wrestling club. They get dropped on their skulls. My neck aches",
        "I'm masseur to a wrestling club. They dropped me on my skull. My neck aches",
    ),
    ("bone_health", "I draw up steroids for the consultants", "I draw up and take steroids"),
    ("assault", "the choir robe chokes me every Sunday", "the choir master chokes me"),
    ("injury", "binged The Fall on my sofa, neck stiff", "binged a box set, then a fall"),
    (
        "cancer_history",
        "sitting with mum while she has chemo, neck stiff",
        "sitting with mum while she knits, I have chemo",
    ),
    (
        "who_for",
        "my grandson has leukaemia, I sat by his bed, neck sore",
        "my grandson has a fever",
    ),
    (
        "bone_health",
        "Grandma's the one who shrunk with osteoporosis, I'm the same as ever",
        "Grandma has osteoporosis, same for me",
    ),
    # Whom one met at work, came by on the road, read of or lives beside.
    (
        "stroke_signs",
        "Yesterday's fare collapsed in my cab and was slurring. My own neck is stiff",
        "Yesterday's fare was rude, I collapsed in my cab. My own neck is stiff",
    ),
    (
        "injury_danger",
        "Came past a ute that rolled four times, I only held the torch",
        "Came past a ute that rolled onto me",
    ),
    (
        "injury_danger",
        "Passed a lorry on its side, driver was trapped. My neck is stiff from the office",
        "Rolled the ute four times, bloke was thrown clear. My neck is stiff",
    ),
    (
        "onset_extreme",
        "The widow next door tells how her Aldo felt something rip in his back. Mine just aches",
        "The widow next door drove me here, I felt something rip in my back",
    ),
    (
        "neuro_arm",
        "read of a fella whose arms went numb, mine's just stiff",
        "I'm a fella whose arms went numb",
    ),
    (
        "neuro_leg",
        "Carer in Suva. They forget who I am and two can't walk. My back is sore",
        "Carer in Suva. They forget who I am and I can't walk. My back is sore",
    ),
    (
        "stroke_signs",
        "My old gelding had a growth cut out of his eye and is half blind now. My neck is sore",
        "My old gelding threw me and I am half blind now. My neck is sore",
    ),
    (
        "paralysis",
        "My mare, Lamia (it means paralysis), pulls. My neck is sore",
        "My mare threw me, it's paralysis from the waist down",
    ),
    (
        "stroke_signs",
        "A caller tonight couldn't speak and half his face had dropped. I'm fine, my neck is stiff",
        "I rang a caller tonight and couldn't speak, half my face had dropped",
    ),
    (
        "paralysis",
        "A goat herder was struck by lightning and can't move his legs. I have a stiff neck",
        "I was struck by lightning and can't move my legs",
    ),
    (
        "neuro_leg",
        "My tortoise drags one leg and can't hold his head up. My neck is sore",
        "I fell over my tortoise and now I drag one leg",
    ),
    ("hand_dexterity", "I drop my phone but I always did", "I drop my phone all the time now"),
    # What is said for fun, worn, shaken awake or grey by itself.
    ("stroke_signs", "he sees double, he's joking", "I thought he was joking, he sees double"),
    ("neuro_leg", "I can't walk when the gas bill comes", "I can't walk when I get up"),
    ("chest_breath", "I cough blood every night as Violetta", "I cough blood every night as usual"),
    ("assault", "the apron string strangles me", "he strangles me with the apron string"),
    ("systemic", "my foot sleeps, a minute of shaking and it's back", "shaking for a minute"),
    ("chest_breath", "he coughs up grey stone dust", "his lips are grey"),
    # An animal's name, leg and medicine.
    ("headache", "since Thunderclap, our gelding, came in", "a thunderclap, our clock stopped"),
    (
        "neuro_leg",
        "our dachshund lost the power of his back legs",
        "I have lost the power of my legs",
    ),
    ("infection_immune", "only the insulin for the cat", "I take insulin and feed the cat"),
    ("infection_immune", "the cat's poorly, I inject her twice a day", "I inject heroin"),
    # What was always so, whoever it is told of.
    (
        "stroke_signs",
        "he's got a droopy eyelid but he was born with it",
        "he's got a droopy eyelid and he was born with a limp",
    ),
    ("stroke_signs", "one pupil bigger but I've always had it", "one pupil bigger since lunch"),
    # When it is worse is no getting worse, and what ends at once did not start so.
    ("course", "worse after leaning over the wheel", "worse after the operation"),
    ("onset_how", "it's gone in a minute when I shake it", "it came on in a minute"),
    ("timing", "a good night's sleep cures it", "it hurts at night"),
    ("timing", "I have to break every hour", "it is there every hour"),
    ("previous_episodes", "new bootcamp, sore back", "new pain in my back"),
    ("previous_episodes", "never had cancer", "never had this before"),
    # The lights, the tomatoes, a cup and a review.
    ("stroke_signs", "we'd a blackout, whole village", "I'd a blackout on Monday"),
    ("crisis", "OD'd on oat lattes, neck stiff", "OD'd on my pills"),
    ("crisis", "I gave them an overdose of feed", "I took an overdose"),
    ("injury", "reaching for a dropped sippy cup", "I dropped off the ladder"),
    ("injury", "watched it since the new season dropped", "I dropped from the wall"),
    ("onset_extreme", "tearing his hair out, neck's knotted", "tearing pain in the neck"),
    ("inflammatory_history", "I'm an RA in a dorm", "I have RA"),
    ("blood_thinner", "only know Eliquis from the ads", "I'm on Eliquis, saw the ads"),
    ("severity", "pillow of bricks, 10/10 would not recommend", "the pain is 10/10"),
    ("crisis", "paramedic, my upper back has given up", "I have given up"),
    ("timing", "end of the day, nights ok", "end of the day and nights"),
    (
        "onset_extreme",
        "I googled back pain and it says torn aorta, mine just aches",
        "I googled nothing, my back tore open, a torn feeling in my back",
    ),
    ("injury", "can't push a wrench like I could", "I wrenched my neck"),
    ("injury_danger", "a parking lot bump, airbags didn't go", "the airbags went off"),
    ("airway", "couldn't swallow the lump in my throat at the eulogy", "I can't swallow"),
    ("systemic", "I only sweat at the furnace, nights are dry", "I sweat through the sheets"),
    ("systemic", "radio 101.5 fm on all day", "it's 101.5 in the evenings"),
    ("systemic", "it was never 38.5", "I've been running 38.5"),
    ("age_band", "a fatty lump on the back of my neck, 12 years old", "my son is 12 years old"),
    (
        "crisis",
        "Paramedic here. Spent the week on cardiac arrests, a suicide and a stabbing",
        "Paramedic here. Spent the week on plans for my suicide",
    ),
    (
        "injury_danger",
        "the quad turned over, nobody on it, it rolled down by itself",
        "the quad turned over with me on it",
    ),
    ("bladder_bowel_saddle", "I slipped a little on a wet floor", "I wet the floor"),
    ("timing", "I pee every hour since my first kid", "there every hour"),
    ("course", "sore after shrugs, worse next day", "worse every day"),
    ("age_band", "lame since I was one year old", "my son is ten years old"),
    ("cancer_history", "I turn patients, most have cancer", "I have cancer"),
    ("infection_immune", "pneumonia two winters ago, over it", "I have pneumonia"),
    ("injury", "I fall off buildings for a living, stiff from sitting", "I fell off a building"),
    ("timing", "stiff after the night shift", "stiff and sore at night"),
    (
        "chest_breath",
        "sore when I carry boxes, goes away at rest",
        "sore when I climb the stairs, goes away at rest",
    ),
    # Denied behind the word, and what eases then.
    (
        "timing",
        "I sweat at the furnace, everybody does; at night never, no fever",
        "at night mostly",
    ),
    ("timing", "by day, at night it's fine", "it never stops at night"),
    # What one does all the time or for years, and what hurts so long.
    (
        "timing",
        "I fly long haul all the time for 8 years, my upper back aches",
        "I drive a lorry and it hurts all the time",
    ),
    ("timing", "on my phone all day every day, neck sore", "my neck hurts all day every day"),
    ("duration_days", "I've driven buses for 12 years, neck sore", "my neck has hurt for 12 years"),
    # An animal's illness, a medicine and somebody else's needle.
    ("infection_immune", "The diabetic in the house is the cat", "I'm diabetic, so is the cat"),
    ("infection_immune", "the one on chemo is my brother", "the one on chemo is me"),
    ("infection_immune", "I inject the cat, his insulin", "I inject heroin"),
    # A tight back for around a month is no band, a load no weight lost, a tired neck no crash.
    ("radiation", "tight upper back for around 5 weeks", "a tight band around my upper back"),
    ("systemic", "carried her down the stairs (28 kilos)", "down 28 kilos since spring"),
    ("systemic", "dropped a 20 kilo plate on my foot", "dropped 20 kilos"),
    ("injury", "my upper back is a wreck", "neck sore since the car wreck"),
    # An organ looked at and found well, sweat at an effort, sleep that is fine.
    (
        "aorta_risk",
        "I had my own aorta scanned in spring because of dad, all normal",
        "they scanned my aorta each year, it is 4.8 cm",
    ),
    ("aorta_risk", "my aorta was checked, it was fine", "a widened aorta, checked, heart normal"),
    ("chest_breath", "only sweaty when I run", "I get sweaty when I sit still"),
    ("systemic", "ache in marathon training. Dropped 6 kg too.", "I train. Dropped 6 kg."),
    ("aorta_risk", "heart and aorta were both checked in May, fine", "aorta was checked, 5 cm"),
    ("timing", "at night it leaves me in peace", "at night it never leaves me in peace"),
    ("timing", "it keeps me from the loom", "it keeps me up"),
    (
        "chest_breath",
        "sobbed till I couldn't breathe at the airport",
        "coughed till I couldn't breathe",
    ),
    ("chest_breath", "couldn't breathe for giggling", "couldn't breathe for the pain"),
    (
        "infection_immune",
        "Had a boil two Christmases ago, gone",
        "had a boil two weeks ago, gone",
    ),
    # An illness of two winters ago beside its fever.
    (
        "infection_immune",
        "I'd pneumonia and a temp of 40 two winters ago",
        "I'd pneumonia and a temp of 40 two weeks ago",
    ),
    (
        "hand_dexterity",
        "I am clumsy since I was a little girl, nothing changed",
        "I have become clumsy since May",
    ),
    # A frame around a denial tells of no sign either.
    (
        "injury",
        "no fever, she's doing the crossword. No, nothing happened",
        "she fell doing the crossword on my stairs",
    ),
    # Which way the head went, how nights are slept, a belt as ever, help with dressing.
    ("headache", "he braked and my head went front and back", "my head went bang, worst ever"),
    ("timing", "at night sleeping well", "at night sleeping badly, it wakes me"),
    ("systemic", "the same belt notch", "down a belt notch, trousers loose"),
    ("neuro_leg", "my daughter helps me dress and get up", "he has to help me up off the loo"),
    ("hand_dexterity", "in spasm, cant do my bra", "can't do my buttons"),
    ("course", "fine mornings, evenings worse", "worse than a week ago, evenings too"),
    (
        "hand_dexterity",
        "knife work's fine, just born clumsy",
        "clumsy with a knife since May",
    ),
    # An illness that was looked for and not found.
    (
        "aorta_risk",
        "my own scan for aneurysm was clear this January",
        "the scan for aneurysm was not clear",
    ),
    ("aorta_risk", "a scan for an aneurysm, all clear", "the scan for an aneurysm found one"),
    ("aorta_risk", "the check for an aneurysm was fine", "waiting for the scan for an aneurysm"),
    ("bone_health", "the test for osteoporosis was negative", "osteoporosis, the test showed it"),
    (
        "cancer_history",
        "screened for breast cancer every three years, always fine",
        "I go for scans for my breast cancer, feeling fine",
    ),
    # A stop is sudden and a head is thrown: neither is a sudden headache.
    ("onset_how", "the driver put sudden brake", "sudden pain when the driver braked"),
    ("headache", "my head flew forward in the taxi", "headache since my head flew forward"),
    # Clumsy from the cradle, or of late.
    ("hand_dexterity", "dropped plates my whole life lol", "all my life deft, now I drop plates"),
    (
        "hand_dexterity",
        "dropping things ever since I could walk lol",
        "dropping things since I got up",
    ),
    # Figures that count something else, and a thing on a toe.
    ("systemic", "shot 40 times last night in Warzone", "temp 40 last night"),
    ("chest_breath", "dropped a stone on me toe", "like a stone on my chest"),
    ("systemic", "dropped a stone on me toe", "dropped a stone in two months"),
    # A cause that is told beside it.
    ("systemic", "shivering, stood two hours in the rain", "shivering in bed since last night"),
    ("systemic", "dropped five kilos with a dietitian", "dropped five kilos, not my plan"),
    ("chest_breath", "puffed on the stairs, breath back in a minute", "puffed on the stairs"),
    (
        "character",
        "a ripping sound when I bent, turned out to be my trousers",
        "a ripping pain when I bent to pull on my trousers",
    ),
    ("stroke_signs", "her face dropped because her crush got engaged", "her face dropped at noon"),
    ("crisis", "overdosed on Love Island this weekend", "overdosed on paracetamol"),
    ("blood_thinner", "I handle warfarin baits for rats", "I take warfarin"),
    ("past_spine_surgery", "got shot in the neck at paintball", "had a shot in the neck"),
    ("cannot_answer", "with a pillow held off my face", "I'm off my face"),
    ("systemic", "lost half a stone, that'll be the dog", "lost half a stone, that's new"),
    ("systemic", "I lost three pounds on the horses", "I lost three pounds and I'm not dieting"),
    ("injury", "kicked the duvet off at three", "kicked me off the bed at three"),
    ("injury", "my nickname's Crash", "there was a crash"),
    ("neuro_arm", "I'm weak for chocolate", "I'm weak in the right arm"),
    ("neuro_leg", "legs like jelly after the ghost train", "legs like jelly since this morning"),
    ("neuro_leg", "my foot went to sleep in the pew", "my foot went to sleep and stays so"),
    (
        "stroke_signs",
        "dizzy coming off the teacups with the kids",
        "dizzy since this morning, I was on the swings last week",
    ),
    ("stroke_signs", "half blind till I find my glasses", "half blind since I woke"),
    ("crisis", "an overdose of sunshine in Tenerife", "an overdose of codeine in Tenerife"),
    ("infection_immune", "I inject insulin into our diabetic cat", "I inject insulin"),
    (
        "who_for",
        "I wake at night for the baby and my neck is sore from feeding her",
        "my baby is hot and her neck is stiff and I am scared",
    ),
    (
        "neuro_leg",
        "my uncle can't walk since his stroke and I lift him. Shoulders sore",
        "my uncle can't walk since this morning and I lift him",
    ),
    ("neuro_leg", "one of ours couldn't stand", "one of my legs is weak, couldn't stand"),
    # Who will not type, who frets, an illness looked into and put down to stress, a bad posture.
    ("hand_dexterity", "for my husband as he won't type", "he can't type, his fingers fumble"),
    ("function", "the wife won't sleep till I ask somebody", "I can't sleep for the pain"),
    (
        "chest_breath",
        "A&E a month ago with chest tightness, bloods and ECG spot on",
        "chest tightness since this morning",
    ),
    (
        "chest_breath",
        "chest tightness in May, put down to stress, never had it since",
        "chest tightness since May",
    ),
    ("timing", "after playing, in the night nothing", "at night nothing helps"),
    ("course", "when I sit it gets worse", "it gets worse"),
    ("who_for", "neck is tight, book me in bab", "it is for my baby"),
    # A table that wobbles, a class that was given up, nights out, a pain at its worst by four.
    ("neuro_leg", "my jigsaw table is wobbly and too low", "I am wobbly on my legs"),
    ("crisis", "she gave up one yoga class", "she has given up, she wants to die"),
    ("timing", "sore after two big nights", "sore at night"),
    ("course", "built up bit by bit, worse by 4 pm", "built up, worse and worse"),
    ("infection_immune", "I inject the dog, his insulin", "ok no judgement pls i inject"),
    ("airway", "cant even get my bra on, tablets do nothing", "cant get tablets down"),
    (
        "bladder_bowel_saddle",
        "my backside was numb for about a minute when I got out",
        "my backside is numb when I wipe",
    ),
    # What one would do to a manager, a breath after a game, days at which a pain is worse.
    ("assault", "my manager, I could throttle him", "my husband throttled me"),
    (
        "chest_breath",
        "out of breath after 5 a side",
        "out of breath and pain at the top of my back",
    ),
    ("course", "upper back ache, worse on completion days", "upper back ache, worse each day"),
]


@pytest.mark.parametrize(("attribute", "text"), [(name, slip) for name, slip, _ in _PAIRS])
def test_words_that_only_stand_near_each_other_are_no_sign(attribute, text, how) -> None:
    assert Assertion.PRESENT not in how(text, attribute)


@pytest.mark.parametrize(("attribute", "text"), [(name, sign) for name, _, sign in _PAIRS])
def test_the_same_words_said_of_one_thing_are_a_sign(attribute, text, how) -> None:
    assert Assertion.PRESENT in how(text, attribute)
