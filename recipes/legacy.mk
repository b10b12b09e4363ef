# One agent per file that changed, make deciding what changed: `make -f recipes/legacy.mk -j8`
SOURCES ?= $(wildcard src/*.js)

.PHONY: reviews
reviews: $(SOURCES:%=reviews/%.md)

# Names reach the shell by the environment: what is in one is never read as shell. make itself holds no spaces and no semicolons in them.
reviews/%.md: export FILE = $<
reviews/%.md: export OUT = $@
reviews/%.md: %
	@mkdir -p "$$(dirname "$$OUT")"
	claude -p "Review $$FILE for bugs. Be brief." < /dev/null > "$$OUT.new" && mv "$$OUT.new" "$$OUT"
