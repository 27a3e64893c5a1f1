// SPDX-License-Identifier: MIT

// Peer: a stand-in for KrakenD made with the Go standard library only:
// a goroutine per source, encoding/json into maps, merge, encode.
// env: PORT NSRC TIMEOUT_MS MOCK_PORT KEY ISSUER AUDIENCE JWT_CACHE
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

type claims struct {
	Iss, Aud string
	Exp      int64
	Cpr      string `json:"dk.cpr"`
}
type result struct {
	status string
	ms     int64
	data   map[string]interface{}
}

var (
	key     *rsa.PublicKey
	nsrc    = envInt("NSRC", 6)
	timeout = time.Duration(envInt("TIMEOUT_MS", 3000)) * time.Millisecond
	base    = envInt("MOCK_PORT", 9000)
	cached  = os.Getenv("JWT_CACHE") == "true"
	cache   sync.Map
	models  = []string{"BorgervendtSag", "BorgervendtOekonomiskYdelse", "BorgervendtGaeldogBetaling",
		"BorgervendtOekonomiskYdelse", "BorgervendtAkkreditiv", "BorgervendtAftaleFrister"}
	client = &http.Client{Transport: &http.Transport{MaxIdleConns: 0, MaxIdleConnsPerHost: 4096,
		DisableCompression: true, DialContext: (&net.Dialer{}).DialContext}}
)

func envInt(n string, d int) int {
	if v, err := strconv.Atoi(os.Getenv(n)); err == nil {
		return v
	}
	return d
}

func verify(h string) *claims {
	if !strings.HasPrefix(h, "Bearer ") {
		return nil
	}
	tok := h[7:]
	if cached {
		if v, ok := cache.Load(tok); ok && v.(*claims).Exp > time.Now().Unix() {
			return v.(*claims)
		}
	}
	p := strings.Split(tok, ".")
	if len(p) != 3 {
		return nil
	}
	hd, e1 := base64.RawURLEncoding.DecodeString(p[0])
	pl, e2 := base64.RawURLEncoding.DecodeString(p[1])
	sig, e3 := base64.RawURLEncoding.DecodeString(p[2])
	var head struct{ Alg string }
	if e1 != nil || e2 != nil || e3 != nil || json.Unmarshal(hd, &head) != nil || head.Alg != "RS256" {
		return nil
	}
	sum := sha256.Sum256([]byte(tok[:len(p[0])+1+len(p[1])]))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig) != nil {
		return nil
	}
	var c claims
	if json.Unmarshal(pl, &c) != nil || c.Iss != os.Getenv("ISSUER") || c.Aud != os.Getenv("AUDIENCE") || c.Exp <= time.Now().Unix() || c.Cpr == "" {
		return nil
	}
	if cached {
		cache.Store(tok, &c)
	}
	return &c
}

func ask(ctx context.Context, i int, rid, cpr string) (r result) {
	t0 := time.Now()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer func() { r.ms = time.Since(t0).Milliseconds() }()
	req, _ := http.NewRequestWithContext(ctx, "POST", fmt.Sprintf("http://127.0.0.1:%d/s", base+i),
		strings.NewReader(`{"CPR-nr":"`+cpr+`","myndighedsliste":[],"sidestoerrelse":100}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Request-Id", rid)
	resp, err := client.Do(req)
	if err == nil {
		defer resp.Body.Close()
		err = json.NewDecoder(resp.Body).Decode(&r.data)
		io.Copy(io.Discard, resp.Body)
	}
	switch {
	case ctx.Err() != nil:
		r.status = "timeout"
	case err != nil || resp.StatusCode != 200:
		r.status = "error"
	case r.data["CPR-nr"] != cpr:
		r.status = "foreign"
	default:
		r.status = "ok"
	}
	return
}

func shown(it map[string]interface{}, cpr string) bool {
	parties, ok := it["parter"].([]interface{})
	if !ok {
		return true
	}
	for _, x := range parties {
		if p, ok := x.(map[string]interface{}); ok && p["CPR-nr"] == cpr && p["rolle"] == "Primaer" {
			return true
		}
	}
	return false
}

func requestID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func overview(w http.ResponseWriter, q *http.Request) {
	c := verify(q.Header.Get("Authorization"))
	if c == nil {
		w.WriteHeader(401)
		return
	}
	rs, rid := make([]result, nsrc), requestID()
	var wg sync.WaitGroup
	for i := range rs {
		wg.Add(1)
		go func(i int) { defer wg.Done(); rs[i] = ask(q.Context(), i, rid, c.Cpr) }(i)
	}
	wg.Wait()
	items, sources := []interface{}{}, []interface{}{}
	for i, r := range rs {
		tag := "s" + strconv.Itoa(i)
		if r.status == "ok" {
			list, _ := r.data[models[i%6]].([]interface{})
			for _, x := range list {
				if it, ok := x.(map[string]interface{}); ok && shown(it, c.Cpr) {
					delete(it, "parter")
					delete(it, "itSystemID")
					it["source"] = tag
					items = append(items, it)
				}
			}
		}
		sources = append(sources, map[string]interface{}{"id": tag, "status": r.status, "elapsedMs": r.ms})
	}
	b, _ := json.Marshal(map[string]interface{}{"items": items, "sources": sources})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b)
}

func main() {
	raw, err := os.ReadFile(os.Getenv("KEY"))
	if err != nil {
		panic(err)
	}
	blk, _ := pem.Decode(raw)
	k, err := x509.ParsePKIXPublicKey(blk.Bytes)
	if err != nil {
		panic(err)
	}
	key = k.(*rsa.PublicKey)
	http.HandleFunc("/v1/overview", overview)
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
