# One agent per file that changed, make deciding what changed: `make -f recipes/legacy.mk -j8`
SOURCES ?= $(wildcard src/*.js)

.PHONY: reviews
reviews: $(SOURCES:%=reviews/%.md)

reviews/%.md: %
	@mkdir -p $(@D)
	claude -p 'Review $< for bugs. Be brief.' < /dev/null > $@.new && mv $@.new $@
