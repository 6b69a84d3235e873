# Postventa's commands. They work with any make; what they do is in deploy/local/.

LOCAL = sh deploy/local/start.sh

help: ## this list
	@echo "make <target>"
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: ## set up what is missing, start everything, print the addresses (PORT=8010: another port)
	@if [ -n "$(PORT)" ]; then POSTVENTA_PORT="$(PORT)"; export POSTVENTA_PORT; fi; exec $(LOCAL) up

setup: ## set up everything, start nothing
	@$(LOCAL) setup

test: ## set up what the tests need and run them (ARGS="tests/shop -q": some of them)
	@$(LOCAL) test $(ARGS)

test-services: ## the part that stores and claims, on PostgreSQL and Redis of Debian's packages (ARGS: other tests)
	@$(LOCAL) test-services $(ARGS)

lint: ## style, types, and who may import whom
	@$(LOCAL) lint

chat: ## write to the running shop as a customer, in this terminal (ARGS="--language en")
	@$(LOCAL) chat $(ARGS)

audit: ## whether a pinned package is known to be dangerous (skipped where the advisory service cannot be reached)
	@$(LOCAL) audit

eval: ## play CASES=folder (default tests/evaluation) against the shop that `make run` started
	@$(LOCAL) eval $(or $(CASES),tests/evaluation) $(ARGS)

bench-retrieval: ## how well articles are found; ARGS=--size: how long it takes among 100,000 passages (writes docs/retrieval.md)
	@$(LOCAL) bench-retrieval $(ARGS)

bench: ## this system beside stock Rasa and beside itself (ARGS="--markdown docs/speed.md"; --quick; --alone: no stock Rasa)
	@$(LOCAL) bench $(ARGS)

chaos: ## kill, drop, delay and repeat, and account for every message (ARGS="--kills 1000 --markdown docs/chaos.md")
	@$(LOCAL) chaos $(ARGS)

train: ## train the dialogue, unless the model for its present data exists
	@$(LOCAL) train

retrain: ## train the dialogue anew and hand it to the running Rasa; no turn is dropped
	@$(LOCAL) train
	@$(LOCAL) manage swap_model

backup: ## everything that cannot be made anew, while the shop runs, into FOLDER=
	@$(LOCAL) manage backup $(FOLDER)

restore: ## bring the backup in FOLDER= back into an empty var/ (POSTVENTA_VAR)
	@$(LOCAL) manage restore $(FOLDER)

bench-nlu: ## measure the intent pipeline on our messages and the public sets (ARGS=--stock: stock Rasa too)
	@$(LOCAL) bench-nlu $(ARGS)

simulate: ## a believable year of customers, orders and conversations to look at (ARGS="--seed 7", ARGS=--forget)
	@$(LOCAL) manage simulate $(ARGS)

bench-dashboard: ## how fast the dashboard is over a million messages (writes docs/insights.md)
	@$(LOCAL) manage bench_dashboard --write docs/insights.md $(ARGS)

bench-radar: ## contacts until a fault wave is found, and false alarms a year (writes docs/radar.md)
	@$(LOCAL) manage bench_radar --write docs $(ARGS)

bench-prediction: ## precision and lift of the prediction per unit (writes docs/prediction.md)
	@$(LOCAL) manage bench_prediction --write docs $(ARGS)

bench-desk: ## how long until 50 desks show what customers write in 2,000 conversations (writes docs/desk-load.md)
	@$(LOCAL) bench-desk $(ARGS)

bench-capacity: ## what turns, open pages and messages cost, and what many conversations need (writes docs/capacity.md)
	@$(LOCAL) bench-capacity $(ARGS)

reindex: ## build the search index of the articles anew
	@$(LOCAL) reindex

.PHONY: help run setup test test-services lint chat eval bench chaos train retrain backup restore audit bench-nlu bench-retrieval simulate bench-dashboard bench-radar bench-prediction bench-desk bench-capacity reindex
